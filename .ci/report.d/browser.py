"""The page of `wiretag report` in headless Chromium: what it shows, what it does, and what it must not do."""

import json
import subprocess
import sys
import time
from pathlib import Path

from selenium import webdriver
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

WIRETAG, SCRATCH = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
SHOTS = Path(sys.argv[3]).resolve() if len(sys.argv) > 3 and sys.argv[3] else None
# What issue the page must keep to: seconds until it shows its overview.
MOST_SECONDS = 2.0

EVIL = (
    '</script><script>window.hurt=1</script><!--<script> <img src=x onerror="window.hurt=1"> "onload=window.hurt=1 '
    "<svg/onload=window.hurt=1> javascript:window.hurt=1 {{7*7}} ${window.hurt=1} \u2028 \u0000 &lt;b&gt;"
)


def wiretag(*args):
    subprocess.run([WIRETAG, *map(str, args)], check=True)


def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,1000",
                     "--force-device-scale-factor=1", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))


def requests(driver):
    """Addresses that the browser asked for since the last call."""
    events = (json.loads(entry["message"])["message"] for entry in driver.get_log("performance"))
    return [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]


def is_quiet(driver, page):
    """No message on the console, and no request but for the page itself."""
    messages = [entry["message"] for entry in driver.get_log("browser")]
    assert not messages, messages
    asked = [url for url in requests(driver) if url.split("#")[0] != page and not url.startswith("data:")]
    assert not asked, asked


def open_page(driver, path):
    driver.get("about:blank")
    driver.get_log("performance")
    page = path.as_uri()
    driver.get(page)
    wait(driver, ".tiles")
    return page


def wait(driver, selector):
    return WebDriverWait(driver, 10).until(lambda d: d.find_elements(By.CSS_SELECTOR, selector))


def until(driver, condition):
    WebDriverWait(driver, 10).until(lambda d: condition())


def texts(driver, selector):
    return driver.execute_script("return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent)", selector)


def go(driver, route):
    driver.execute_script("location.hash = arguments[0]", route)
    time.sleep(0.2)


def press(driver, *keys):
    ActionChains(driver).send_keys(*keys).perform()
    time.sleep(0.15)


def shoot(driver, name, width=1280, height=1000):
    if SHOTS:
        driver.set_window_size(width, height)
        time.sleep(0.3)
        driver.save_screenshot(str(SHOTS / f"{name}.png"))
        driver.set_window_size(1280, 1000)


def many_documents(path, n):
    """A corpus as annotate writes it: the example articles, over and over, a day apart."""
    wiretag("annotate", "examples/articles", "-o", SCRATCH / "articles.jsonl", "--quiet", "--overlaps", "all")
    records = [json.loads(line) for line in open(SCRATCH / "articles.jsonl", encoding="utf-8")]
    with open(path, "w", encoding="utf-8") as out:
        for i in range(n):
            record = dict(records[i % len(records)])
            record["id"] = f"{i}-{record['id']}"
            # Texts differ, so that the choice of those in the page has something to choose from.
            record["text"] += f"\n{i}"
            day = 1 + i // 20
            record["meta"] = {"date": f"{2010 + day // 336}-{1 + day // 28 % 12:02}-{1 + day % 28:02}"}
            out.write(json.dumps(record, ensure_ascii=False) + "\n")


def large(driver):
    source, path = SCRATCH / "many.jsonl", SCRATCH / "many.html"
    many_documents(source, 5000)
    wiretag("report", source, "-o", path, "--max-documents", 5000, "--quiet")
    driver.get("about:blank")
    start = time.monotonic()
    page = open_page(driver, path)
    seconds = time.monotonic() - start
    print(f"5,000 documents with their texts, {path.stat().st_size / 1e6:.1f} MB: {seconds:.2f} s to the overview")
    assert seconds < MOST_SECONDS, seconds
    assert "5,000" in texts(driver, ".tile b")
    start = time.monotonic()
    go(driver, "documents")
    wait(driver, ".documents li")
    print(f"the list of documents: {time.monotonic() - start:.2f} s")
    is_quiet(driver, page)
    for kind in ("summary", "documents"):
        size = driver.execute_script("return document.getElementById(arguments[0]).textContent.length", kind)
        assert size > 1000, (kind, size)


def views(driver):
    source, path = SCRATCH / "some.jsonl", SCRATCH / "some.html"
    many_documents(source, 60)
    wiretag("report", source, "-o", path, "--quiet")
    page = open_page(driver, path)
    documents = driver.execute_script("return summary.documents")
    assert documents == 60, documents
    for heading in ("Labels", "Origins", "Top entities", "Scores", "Zones", "Over time", "Together"):
        assert heading in texts(driver, ".panel h2"), heading
    assert driver.find_elements(By.CSS_SELECTOR, ".matrix td a") and driver.find_elements(By.CSS_SELECTOR, "svg.columns rect")
    shoot(driver, "overview", height=1700)

    # Search, with the keyboard alone: an accent and capitals do not matter.
    press(driver, "/")
    press(driver, "PYÓNGYANG")
    until(driver, lambda: len(texts(driver, ".rows tbody tr")) == 1)
    press(driver, Keys.ENTER)
    press(driver, Keys.ENTER)
    wait(driver, ".contexts li")
    assert "Pyongyang" in texts(driver, "h2")[0], texts(driver, "h2")
    shoot(driver, "entity")
    # From a mention in context to the document, with the mention chosen and explained.
    press(driver, "j")
    press(driver, Keys.ENTER)
    wait(driver, ".text .mention.chosen")
    assert "Pyongyang" in texts(driver, ".explanation h3")[0]
    assert "Origin" in texts(driver, ".explanation dt") and "Score" in texts(driver, ".explanation dt")
    shoot(driver, "document")
    # The next mention, the next document, and back.
    chosen = texts(driver, ".chosen")
    press(driver, "n")
    assert texts(driver, ".chosen") != chosen
    route = driver.execute_script("return location.hash")
    press(driver, "]")
    assert driver.execute_script("return location.hash") != route
    press(driver, Keys.ESCAPE)
    wait(driver, ".documents li")
    press(driver, "?")
    assert driver.execute_script("return document.getElementById('help').open")
    press(driver, Keys.ESCAPE)
    press(driver, "1")
    wait(driver, ".tiles")

    # What is shown is the text as it is, marks or no marks.
    same = driver.execute_script(
        "location.hash = '#document/0'; return new Promise((done) => setTimeout(() => "
        "done(document.querySelector('.text').textContent === documents()[0].text), 200))")
    assert same

    filters(driver)
    themes(driver)
    is_quiet(driver, page)


def filters(driver):
    go(driver, "document/0")
    box = driver.execute_script("return [...document.querySelectorAll('#filters label')].find((l) => l.textContent.includes('COUNTRY')).querySelector('input')")
    box.click()
    time.sleep(0.2)
    tags = driver.execute_script("return [...document.querySelectorAll('.text .mention')].map((m) => m.dataset.tag)")
    assert tags and "COUNTRY" not in tags, tags
    go(driver, "entities")
    assert "COUNTRY" not in "".join(texts(driver, ".rows tbody .chip"))
    go(driver, "overview")
    assert "COUNTRY" not in "".join(texts(driver, ".bars .chip"))
    driver.execute_script("const r = document.getElementById('least'); r.value = 9; r.dispatchEvent(new Event('input'))")
    time.sleep(0.2)
    passing = driver.execute_script("return kinds.filter((k, i) => passing[i]).every((k) => k.tenth === 9 || k.tenth === null)")
    assert passing
    next(b for b in driver.find_elements(By.CSS_SELECTOR, "#filters button") if b.text == "Reset filters").click()
    time.sleep(0.2)
    assert "COUNTRY" in "".join(texts(driver, ".bars .chip")) and "COUNTRY" in "".join(texts(driver, "#filters .chip"))


def themes(driver):
    colour = lambda: driver.execute_script("return getComputedStyle(document.body).backgroundColor")
    driver.find_element(By.ID, "theme").click()
    light = colour()
    driver.find_element(By.ID, "theme").click()
    dark = colour()
    assert light != dark, (light, dark)
    go(driver, "document/0")
    shoot(driver, "dark")
    driver.find_element(By.ID, "theme").click()
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    assert colour() == dark
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    hidden = "return getComputedStyle(document.getElementById('filters')).display"
    assert driver.execute_script(hidden) == "none"
    assert colour() == light, "paper is white"
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    driver.set_window_size(500, 900)
    wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    for route in ("overview", "entities", "document/0"):
        go(driver, route)
        assert driver.execute_script(wide) <= 0, (route, driver.execute_script(wide))
    driver.set_window_size(1280, 1000)


def hostile(driver):
    """Text that would run if it were markup, a word without end, text from right to left, marks in marks."""
    arabic = "أعلنت إيران ذلك"
    long = "Donaudampfschiff" * 60
    text = f"{EVIL} {long}\n{arabic}\nIran Air Force"
    at = text.index("Iran Air")
    spans = [
        {"start": 0, "end": len(EVIL), "label": "<b>onload", "entity": EVIL, "name": EVIL, "origin": EVIL, "score": 0.5},
        {"start": 10, "end": len(EVIL) + 20, "label": "X", "entity": None, "name": None, "origin": "alias", "also": [EVIL]},
        {"start": text.index("إيران"), "end": text.index("إيران") + 5, "label": "COUNTRY", "entity": "country/IR", "name": "Iran", "origin": "alias"},
        {"start": at, "end": at + 8, "label": "ORG", "entity": "a", "name": "Iran Air", "origin": "alias", "score": 0.9},
        {"start": at + 5, "end": at + 14, "label": "ORG", "entity": "b", "name": "Air Force", "origin": "alias", "score": 0.7},
        {"start": at, "end": at + 4, "label": "COUNTRY", "entity": "country/IR", "name": "Iran", "origin": "alias", "lost": EVIL},
    ]
    record = {"id": EVIL, "text": text, "spans": spans, "meta": {"date": "2026-05-01", EVIL: EVIL}}
    source, path = SCRATCH / "hostile.jsonl", SCRATCH / "hostile.html"
    source.write_text(json.dumps(record) + "\n", encoding="utf-8")
    wiretag("report", source, "--gold", source, "--compare", source, "--title", EVIL.replace("\u0000", ""), "-o", path, "--quiet")
    page = open_page(driver, path)
    for route in ("overview", "entities", "documents", "document/0", "document/0/0", "document/0/gold", "gold", "changes",
                  "entity/0", "entity/9", "document/7", "case/gold/3", EVIL, "__proto__", "%"):
        go(driver, route)
        assert driver.execute_script("return window.hurt") is None, route
        assert not driver.find_elements(By.CSS_SELECTOR, "main img, main script, main b b, main svg[onload]"), route
    go(driver, "document/0/0")
    shown = driver.execute_script("return document.querySelector('.text').textContent")
    assert shown == text, shown
    lost = []
    for mark in driver.find_elements(By.CSS_SELECTOR, ".text .mention"):
        driver.execute_script("arguments[0].focus()", mark)
        assert driver.execute_script("return window.hurt") is None
        lost += texts(driver, ".explanation .lost li")
    assert any("onload" in said for said in lost), "what lost is told"
    assert driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    shoot(driver, "hostile")
    is_quiet(driver, page)
    # If markup did get in, the policy would stop it.
    for get_in in ("s.text = 'window.hurt = 1'", "s.append('window.hurt = 1')", "document.body.innerHTML = '<img src=x onerror=window.hurt=1>'"):
        driver.execute_script(f"const s = document.createElement('script'); try {{ {get_in}; document.body.append(s) }} catch {{}}")
    assert driver.execute_script("return window.hurt") is None
    blocked = driver.get_log("browser")
    assert len(blocked) >= 3, blocked


def sides(driver):
    wiretag("annotate", "examples/eval/gold.jsonl", "-o", SCRATCH / "new.jsonl", "--quiet")
    path = SCRATCH / "sides.html"
    wiretag("report", SCRATCH / "new.jsonl", "--gold", "examples/eval/gold.jsonl", "--compare", "examples/eval/predicted.jsonl",
            "-o", path, "--quiet")
    page = open_page(driver, path)
    scored = json.loads(subprocess.run([WIRETAG, "eval", "examples/eval/gold.jsonl", SCRATCH / "new.jsonl", "--to", "json"],
                                       check=True, capture_output=True).stdout)
    go(driver, "gold")
    correct = int(texts(driver, ".tile b")[0])
    assert correct == scored["all"]["strict"]["correct"], (correct, scored["all"]["strict"])
    shoot(driver, "gold")
    driver.execute_script("document.querySelector('.rows .open').click()")
    wait(driver, ".contexts a")[0].click()
    wait(driver, ".text .mention.chosen")
    assert texts(driver, ".explanation .kind"), "the mistake is named"
    shoot(driver, "mistake")
    go(driver, "changes")
    assert texts(driver, ".kind")
    driver.execute_script("document.querySelector('.rows .open').click()")
    wait(driver, ".contexts a")
    is_quiet(driver, page)


def main():
    if SHOTS:
        SHOTS.mkdir(parents=True, exist_ok=True)
    driver = browser()
    try:
        for test in (views, hostile, sides, large):
            test(driver)
            print(f"{test.__name__}: fine")
    finally:
        driver.quit()


main()
