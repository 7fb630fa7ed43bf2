"use strict";
/* SPDX-License-Identifier: Apache-2.0 */
/* The flame graphs of a report by mouse and keyboard. Without it they are pictures all the same. */
for (const flame of document.querySelectorAll(".flame")) {
  const all = [...flame.children];
  const status = flame.parentElement.querySelector(".status");
  const at = all.map((frame) => ({
    x: parseFloat(frame.style.getPropertyValue("--x")),
    w: parseFloat(frame.style.getPropertyValue("--w")),
    parent: Number(frame.dataset.p),
  }));
  const children = all.map(() => []);
  for (let i = 1; i < all.length; i++) children[at[i].parent].push(i);
  let focus = 0;

  const move = (to) => {
    if (to === undefined) return;
    all[focus].tabIndex = -1;
    focus = to;
    all[focus].tabIndex = 0;
    all[focus].focus();
  };
  const above = (i, over) => {
    while (i > over) i = at[i].parent;
    return i === over;
  };
  /* Enlarges a frame to the whole width; its callers fill it too, others go. */
  const zoom = (to) => {
    const { x, w } = at[to];
    if (w === 0) return;
    all.forEach((frame, i) => {
      const caller = above(to, i);
      frame.hidden = !caller && !above(i, to);
      frame.style.setProperty("--x", caller ? 0 : ((at[i].x - x) * 100) / w);
      frame.style.setProperty("--w", caller ? 100 : (at[i].w * 100) / w);
    });
    status.textContent = all[to].title;
  };
  const sibling = (step) => {
    const row = focus === 0 ? [0] : children[at[focus].parent];
    return row[row.indexOf(focus) + step];
  };
  const keys = {
    ArrowUp: () => move(at[focus].parent),
    ArrowDown: () => move(children[focus][0]),
    ArrowLeft: () => move(sibling(-1)),
    ArrowRight: () => move(sibling(1)),
    Home: () => move(0),
    Escape: () => zoom(0),
  };
  flame.addEventListener("keydown", (event) => {
    if (!(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
  all.forEach((frame, i) => {
    frame.addEventListener("focus", () => (status.textContent = frame.title));
    frame.addEventListener("click", () => {
      move(i);
      zoom(i);
    });
  });
}
