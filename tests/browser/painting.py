"""How long a key takes to put the next item on the screen: for the test, and for bench_screen."""

from playwright.sync_api import Page, expect

from annotator.models import Project, Queue
from annotator.services import queues

LATENCY = 300  # milliseconds, both ways together

# From the key's own time to the frame after the one in which the next item was in the page.
WATCH = """
window.painted = [];
addEventListener("keydown", (event) => {
  const before = document.querySelector("#stage")?.firstElementChild;
  const look = () => {
    if (document.querySelector("#stage")?.firstElementChild === before) return requestAnimationFrame(look);
    const channel = new MessageChannel();
    channel.port1.onmessage = () => window.painted.push(performance.now() - event.timeStamp);
    channel.port2.postMessage(null);
  };
  requestAnimationFrame(look);
}, { capture: true });
"""


def long_queue(project: Project, items: int) -> Queue:
    """Outputs of about 6 kB with Markdown, as in production."""
    question = queues.set_question(project=project, key="good", text="Is it good?").question
    queue = queues.make_queue(project=project, name="Long", questions=[question])
    text = "\n\n".join(f"**Point {n}.** " + "Long answers take a while to read. " * 8 for n in range(20))
    new = (queues.NewItem(external_id=f"item-{n}", input=f"Question {n}", output=text) for n in range(items))
    queues.add_items(queue, new)
    return queue


def label_all(page: Page, address: str, items: int) -> list[float]:
    """Answer all items by key over a slow network; for each but the last, milliseconds until the next."""
    page.add_init_script(WATCH)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": LATENCY, "downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", slow)
    page.goto(address)
    expect(page.locator(".label-item")).to_be_visible()
    for n in range(items):
        page.wait_for_timeout(150)  # nobody reads faster than six and a half items a second
        page.keyboard.press("y" if n % 3 else "n")
    expect(page.locator("#end")).to_be_visible()
    painted: list[float] = page.evaluate("window.painted")
    return painted[: items - 1]
