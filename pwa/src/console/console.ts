/** The console's script: what it adds to pages that work without it. Phones never get it. */
import "htmx.org";
import { mountCopying } from "./copy";
import { mountPreview } from "./preview";
import { mountRecording } from "./record";
import { mountSealing } from "./sealing";

for (const mount of [mountCopying, mountPreview, mountRecording, mountSealing]) mount(document);
