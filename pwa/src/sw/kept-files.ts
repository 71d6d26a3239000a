/** What the phone has of the app's own files: all; not all, because something did not come; not all, because there is no room. */
export type Kept = "all" | "some" | "full";
