/** A bundle that one file holds, for tests that do not fill a second. */
import { type BundleFile, createBundles } from "../../src/fieldwork/bundle-exchange";

export async function createBundle(...parameters: Parameters<typeof createBundles>): Promise<BundleFile> {
  const [bundle, ...more] = await createBundles(...parameters);
  if (!bundle || more.length > 0) throw new Error(`${more.length + 1} files`);
  return bundle;
}
