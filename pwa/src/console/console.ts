/** The console's script: what it adds to pages that work without it. Phones never get it. */
import "htmx.org";
import { mountCopyButtons } from "./copy-button";
import { mountPasskeys } from "./passkeys";
import { mountPreview } from "./preview";
import { mountSealing } from "./sealing-pages";
import { mountVoiceRecorders } from "./voice-recorder";

for (const mount of [mountCopyButtons, mountPasskeys, mountPreview, mountVoiceRecorders, mountSealing]) mount(document);
