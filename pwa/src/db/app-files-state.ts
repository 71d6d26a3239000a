/**
 * The state of the app's own files, as the worker reports it to the page: "all"; "some" where a download failed;
 * "full" where the disk is full.
 */
export type AppFilesState = "all" | "some" | "full";
