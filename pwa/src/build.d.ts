/** Constants and modules that the build defines. */

/** A sheet as text. */
declare module "*.css" {
  const text: string;
  export default text;
}

/** The app's version, from package.json. */
declare const __VERSION__: string;
/** Digest of all the app's files, in the name of the service worker's cache. */
declare const __BUILD__: string;
/** Addresses of the app's files that every page needs, kept when the service worker is installed. */
declare const __CORE__: readonly string[];
/** Addresses of the other files, kept once the first pages are here. */
declare const __FEATURES__: readonly string[];
