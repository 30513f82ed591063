#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""browser.py PAGE SCRIPT [--shots DIR]: open a page of HTML in headless Chromium and say, as TAP, whether it behaves.

Whatever the page: no error on the console, no request but for the page itself. SCRIPT is JavaScript that is run in the page and gives an object:
a description for each check and whether it holds; where it does not hold, a text. With --shots, pictures of the page are left in DIR, light,
dark and as printed.
"""
import argparse
import base64
import fcntl
import json
import os
import pathlib
import subprocess
import tempfile
import time

BROWSER = "/usr/bin/chromium-headless-shell"
SECONDS = 60


class Browser:
    """Speaks the DevTools protocol with a browser of its own over two pipes; what happens meanwhile is kept in `events`."""

    def __init__(self, profile):
        to_browser, self.write_end = self.pipe(0)
        self.read_end, from_browser = self.pipe(1)
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage", "--remote-debugging-pipe"]
        # The browser wants its pipes as 3 and 4.
        shell = f'exec 3<&{to_browser} 4>&{from_browser}; exec "$@"'
        command = ["bash", "-c", shell, "-", BROWSER, f"--user-data-dir={profile}", *options, "about:blank"]
        self.process = subprocess.Popen(command, pass_fds=(to_browser, from_browser), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.number, self.rest, self.events = 0, b"", []
        target = next(t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self.session = None
        self.session = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]

    @staticmethod
    def pipe(_):
        # Away from 3 and 4, which the shell sets.
        return tuple(fcntl.fcntl(end, fcntl.F_DUPFD, 20) for end in os.pipe())

    def next_message(self):
        until = time.monotonic() + SECONDS
        while b"\0" not in self.rest:
            part = os.read(self.read_end, 1 << 20)
            if not part or time.monotonic() > until:
                raise SystemExit("not ok - the browser answers")
            self.rest += part
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if getattr(self, "session", None):
            request["sessionId"] = self.session
        os.write(self.write_end, json.dumps(request).encode() + b"\0")
        while True:
            message = self.next_message()
            if message.get("id") == self.number:
                if "error" in message:
                    raise SystemExit(f"not ok - {method}: {message['error']['message']}")
                return message["result"]
            self.events.append(message)

    def wait_for(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.next_message())

    def run(self, script):
        done = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in done:
            raise SystemExit(f"not ok - the checks run: {json.dumps(done['exceptionDetails'])[:500]}")
        return done["result"].get("value")

    def close(self):
        self.session = None
        os.write(self.write_end, b'{"id":0,"method":"Browser.close"}\0')
        try:
            self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()


def complaints(events):
    for event in events:
        parameters = event.get("params", {})
        match event.get("method"):
            case "Runtime.exceptionThrown":
                yield parameters["exceptionDetails"].get("exception", {}).get("description", "an exception")
            case "Runtime.consoleAPICalled" if parameters["type"] in ("error", "warning", "assert"):
                yield str([argument.get("value") for argument in parameters["args"]])
            case "Log.entryAdded" if parameters["entry"]["level"] in ("error", "warning"):
                yield parameters["entry"]["text"]


def requests(events, page):
    for event in events:
        if event.get("method") == "Network.requestWillBeSent" and event["params"]["request"]["url"] != page:
            yield event["params"]["request"]["url"]


def tap(good, what, seen=""):
    print(f"{'ok' if good else 'not ok'} - {what}")
    for line in str(seen).splitlines() if not good else []:
        print(f"# {line[:300]}")


def picture(browser, path):
    size = browser.call("Page.getLayoutMetrics")["cssContentSize"]
    clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
    shot = browser.call("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
    path.write_bytes(base64.b64decode(shot["data"]))


def take_pictures(browser, folder):
    for scheme in ("light", "dark"):
        browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        picture(browser, folder / f"{scheme}.png")
    (folder / "printed.pdf").write_bytes(base64.b64decode(browser.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("page", type=pathlib.Path)
    parser.add_argument("script", type=pathlib.Path)
    parser.add_argument("--shots", type=pathlib.Path)
    options = parser.parse_args()
    page = options.page.resolve().as_uri()
    with tempfile.TemporaryDirectory() as profile:
        browser = Browser(profile)
        try:
            for domain in ("Page", "Runtime", "Log", "Network"):
                browser.call(f"{domain}.enable")
            browser.call("Emulation.setDeviceMetricsOverride", width=1200, height=900, deviceScaleFactor=1, mobile=False)
            browser.call("Page.navigate", url=page)
            browser.wait_for("Page.loadEventFired")
            for what, seen in browser.run(options.script.read_text()).items():
                tap(seen is True, what, seen)
            if options.shots:
                options.shots.mkdir(parents=True, exist_ok=True)
                take_pictures(browser, options.shots)
            said, asked = list(complaints(browser.events)), list(requests(browser.events, page))
            tap(not said, "nothing is complained of on the console", "\n".join(said))
            tap(not asked, "nothing is asked of the network", "\n".join(asked))
        finally:
            browser.close()


if __name__ == "__main__":
    main()
