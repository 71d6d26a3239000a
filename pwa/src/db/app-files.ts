/** How much of the app's own files the phone has, as the worker tells the page: all; "some" where a download failed; "full" where the disk is. */
export type AppFilesState = "all" | "some" | "full";
