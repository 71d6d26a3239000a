/** The console's script: what it adds to pages that work without it. Phones never get it. */
import "htmx.org";
import { mountBrowserPush } from "./browser-push";
import { mountCopyButtons } from "./copy-button";
import { mountDraftForms } from "./draft-form";
import { mountMarkdownToolbar } from "./markdown-toolbar";
import { mountPassageRecorder } from "./passage-recorder";
import { mountPasskeys } from "./passkeys";
import { mountPresence } from "./presence";
import { mountPreview } from "./preview";
import { mountSealing } from "./sealing-pages";
import { mountTermButtons } from "./term-buttons";
import { mountVoiceRecorders } from "./voice-recorder";

function mountAll(): void {
  for (const mount of [
    mountCopyButtons,
    mountPasskeys,
    mountPreview,
    mountVoiceRecorders,
    mountPassageRecorder,
    mountMarkdownToolbar,
    mountTermButtons,
    mountSealing,
    mountPresence,
    mountBrowserPush,
  ])
    mount(document);
  mountDraftForms(document, mountAll);
}

mountAll();
