/** The console's script: what it adds to pages that work without it. Phones never get it. */
import "htmx.org";
import { mountCopying } from "./copy-button";
import { mountPreview } from "./preview";
import { mountSealing } from "./sealing";
import { mountRecording } from "./voice-recorder";

for (const mount of [mountCopying, mountPreview, mountRecording, mountSealing]) mount(document);
