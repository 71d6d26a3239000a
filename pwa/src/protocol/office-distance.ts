/** The distance of an office from a person's region, by which offices are put in order. Twin: sync/complaints/office_distance.py. */

/**
 * 0 for an office of the region, 1 for one of no known place, which serves the country, 2 for one elsewhere. `places`:
 * codes of the regions where the office can be visited. `region`: a code, or "" for none.
 */
export function officeDistance(places: readonly string[], region: string): number {
  if (places.includes(region)) return 0;
  return places.length > 0 ? 2 : 1;
}
