"""A page in a real browser: Debian's Chromium, driven by Playwright. What the browser complains of ends the test, and a
picture of each page is kept in build/test-logs."""

import contextlib
import pathlib
import shutil

import pytest

from others import absent

LOGS = pathlib.Path(__file__).resolve().parents[2] / "build" / "test-logs"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


@pytest.fixture(scope="session")
def chromium():
    path = shutil.which("chromium")
    if not path:
        absent("chromium is not installed")
    from playwright.sync_api import sync_playwright  # only who needs it waits for it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


class Opened:
    """A page with what people look for in it."""

    def __init__(self, page, name):
        self.page, self.name, self.complaints, self.pictures = page, name, [], 0
        page.on("console", lambda m: m.type in ("error", "warning") and self.complaints.append(m.text))
        page.on("pageerror", lambda e: self.complaints.append(str(e)))
        page.on("request", lambda r: r.url.startswith(("file:", "data:", "blob:", "http://127.")) or self.complaints.append(r.url))

    def goto(self, where, ready="#verdict h2"):
        self.page.goto(where.as_uri() if isinstance(where, pathlib.Path) else where)
        self.page.wait_for_selector(ready, timeout=20_000)
        return self

    def wait_for_all_parts(self):
        """What a page has to show it shows frame by frame, how it was run at last: until then a part that is looked at
        may be empty. Charts are drawn after that, and rows of tables behind the first few."""
        self.page.locator("#setup tbody tr").first.wait_for(state="attached", timeout=20_000)
        return self

    def text(self, selector):
        return self.page.locator(selector).first.inner_text().replace("\u202f", " ")

    def value(self, selector):
        """The figure itself, as the page has it beside its text."""
        return float(self.page.locator(selector).first.get_attribute("data-value"))

    def picture(self):
        LOGS.mkdir(parents=True, exist_ok=True)
        self.pictures += 1
        self.page.screenshot(path=LOGS / f"page-{self.name}-{self.pictures}.png", full_page=True)

    def assert_accessible(self):
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page, options=RULES).response["violations"]
        said = [f"{v['id']}: {n['html'][:160]}: {n.get('failureSummary', '')}" for v in found for n in v["nodes"][:5]]
        if said:
            pytest.fail("\n".join(said))

    def width(self):
        return self.page.evaluate("document.documentElement.scrollWidth")


@pytest.fixture
def browse(chromium, request):
    """Opens a file or address; nothing may have been complained of at the end."""
    with contextlib.ExitStack() as stack:
        opened = []

        def open_page(where, ready="#verdict h2", **how):
            context = chromium.new_context(**{"viewport": {"width": 1300, "height": 900}, **how})
            stack.callback(context.close)
            name = request.node.name.removeprefix("test_").replace("[", "-").replace("]", "")
            opened.append(Opened(context.new_page(), f"{name}-{len(opened)}" if opened else name))
            return opened[-1].goto(where, ready).wait_for_all_parts()

        yield open_page
        for page in opened:
            if not page.page.is_closed():
                page.picture()
            if page.complaints:
                pytest.fail("\n".join(page.complaints))
