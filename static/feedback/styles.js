/**
 * The elements' own look. Colour and type come from the page around; a page changes more by the custom
 * properties and parts that docs/widgets.md lists.
 */

export const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host {
  --accent: var(--genba-accent, light-dark(#0b57d0, #a8c7fa));
  --line: var(--genba-line, color-mix(in srgb, currentColor 30%, transparent));
  --wash: color-mix(in srgb, var(--accent) 16%, transparent);
  --gap: var(--genba-gap, 0.4em);
  --radius: var(--genba-radius, 0.5em);
  display: block;
}
[hidden] { display: none !important; }
.row, .box { position: relative; font: var(--genba-font, inherit); font-size: 0.875em; }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: var(--gap); margin-block-start: var(--gap); min-block-size: 2.25em; }
button, input, textarea {
  box-sizing: border-box;
  min-block-size: 2.25em;
  max-inline-size: 100%;
  font: inherit;
  color: inherit;
  background: none;
  border: 1px solid var(--line);
  border-radius: var(--radius);
  padding: 0.3em 0.6em;
}
button, li { display: flex; align-items: center; gap: 0.4em; text-align: start; cursor: pointer; }
button:hover, li:hover { background: var(--wash); }
:focus-visible { outline: 2px solid var(--accent); }
[part=accept] { border-color: var(--accent); }
[aria-pressed=true], [aria-selected=true] { background: var(--wash); border-color: var(--accent); }
[part=down] svg { rotate: 180deg; }
.icon { border-color: transparent; }
.row .row { font-size: 1em; }
kbd { font: inherit; opacity: 0.7; }
[aria-pressed=true] kbd { display: none; }
.value { overflow-wrap: anywhere; white-space: pre-line; }
svg { inline-size: 1.2em; flex: none; fill: none; stroke: currentColor; stroke-width: 2; }
.pop, ul {
  position: absolute;
  z-index: 99;
  inset-inline: 0;
  padding: 0.3em;
  margin: 0;
  color: CanvasText;
  background: Canvas;
  border: 1px solid var(--line);
  border-radius: var(--radius);
  max-block-size: 18em;
  overflow: auto;
}
.pop ul { position: static; border: 0; padding: 0; }
input, textarea, [part=editor] { inline-size: 100%; }
li { padding: 0.3em 0.6em; border-radius: var(--radius); }
textarea { field-sizing: content; }
.said { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
@media (pointer: coarse) {
  button, input, li { min-block-size: 44px; min-inline-size: 44px; }
  kbd { display: none; }
}
`);
