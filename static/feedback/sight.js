/**
 * Whether a person can see an element: half of it, or half a window of it, in a tab that is open.
 */

/**
 * @param {Element} element
 * @param {(seen: boolean) => void} changed
 * @param {AbortSignal} signal stops it
 */
export function watch(element, changed, signal) {
  let near;
  let was;
  const look = () => {
    const now = near && !document.hidden;
    if (now !== was) changed((was = now));
  };
  const observer = new IntersectionObserver((entries) => {
    const { intersectionRatio, intersectionRect } = entries.at(-1);
    near = intersectionRatio >= 0.5 || intersectionRect.height > innerHeight / 2;
    look();
  }, { threshold: [...Array(21).keys()].map((n) => n / 20) });
  observer.observe(element);
  document.addEventListener("visibilitychange", look, { signal });
  signal.onabort = () => observer.disconnect();
}
