/** The console's script: what it adds to pages that work without it. Phones never get it. */
import "htmx.org";
import { mountCopying } from "./copy";

for (const mount of [mountCopying]) mount(document);
