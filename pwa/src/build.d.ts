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
/** Address and digest of each file that every page needs, kept when the service worker is installed. */
declare const __CORE__: readonly (readonly [address: string, digest: string])[];
/** The feature sets, each in one file: the reader’s, the answers’, the case’s, the field’s, the codes’. */
declare const __SETS__: readonly {
  readonly address: string;
  readonly digest: string;
  /** The first two letters of each chunk's digest. */
  readonly chunks: string;
}[];
/** Address of the reader's set. */
declare const __READER__: string;
/** Addresses of files that travel alone: an image, words and manifests of each language. */
declare const __ALONE__: readonly string[];
