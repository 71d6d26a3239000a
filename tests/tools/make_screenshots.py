"""Screenshots for the sheet that browsers show before they install the app, taken of the real site.

    python -m tests.tools.make_screenshots

writes pwa/icons/screen-home.png and screen-guide.png (build.mjs names them in the manifest). The app must be built.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.support.browser_site import running_site
from tests.support.chromium import FLAGS, chromium_path, wait_until_offline_ready
from tests.support.repository import ROOT

PAGES = {"home": "/fr-ML/", "guide": "/fr-ML/guides/compte-whatsapp-vole"}
WIDTH, HEIGHT, SCALE = 360, 640, 2
COLOURS = 32  # of the palette: the cloth has few


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_site(Path(folder) / "data", ROOT) as site:
        with (
            sync_playwright() as playwright,
            playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS) as browser,
        ):
            page = browser.new_page(
                viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SCALE, locale="fr-FR"
            )
            page.goto(f"{site.url}/fr-ML/")
            wait_until_offline_ready(page)
            for name, path in PAGES.items():
                page.goto(site.url + path, wait_until="networkidle")
                image = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS)
                image.save(ROOT / f"pwa/icons/screen-{name}.png", optimize=True)


if __name__ == "__main__":
    main()
