"use strict";
/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of a report by mouse, touch and keyboard. Without it they are pictures all the same. */
const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");

/* Where the parts of a recording of several runs begin. */
const partOf = (picture) => {
  const list = picture.closest("main > section").querySelectorAll(".parts li");
  const parts = [...list].map((li) => ({ at: Number(li.dataset.at), name: li.textContent }));
  return (time) => {
    const part = parts.findLast((p) => p.at <= time);
    return part ? `, ${part.name}` : "";
  };
};

/* The level of every cell, by row and kind: paths are "M3 5h2m4 0h1". */
const cellsOf = (svg) => {
  const cells = new Map();
  for (const path of svg.querySelectorAll("path[class^=k]")) {
    const [, kind, level] = path.getAttribute("class").match(/k(\d) v(\d)/).map(Number);
    let x = 0, y = 0;
    for (const [, move, a, b, width] of path.getAttribute("d").matchAll(/([Mm])(\d+) (\d+)h(\d+)/g)) {
      x = move === "M" ? Number(a) : x + Number(a);
      if (move === "M") y = Number(b);
      for (let end = x + Number(width); x < end; x++) cells.set(`${Math.floor(y / 10)} ${kind} ${x}`, level);
    }
  }
  return cells;
};

const mapReader = (svg, columns) => {
  const labels = [...svg.parentElement.querySelectorAll(".labels span")].map((span) => span.title);
  const { what, unit, levels, bin } = svg.dataset;
  const cells = cellsOf(svg);
  const ranges = levels.split("|");
  const part = partOf(svg);
  const say = (row, column) => {
    const found = what.split("|").map((name, kind) => {
      const level = cells.get(`${row} ${kind} ${column}`);
      if (Number(bin) === 0) return level ? name : "";
      return level ? `${name}: ${ranges[level - 1]} ${unit}` : `not ${name}`;
    });
    const text = found.filter(Boolean).join(", ");
    if (Number(bin) === 0) return `${labels[row]}: page_${column} ${text || "neither imported nor exported"}`;
    return `${labels[row]}. ${timeOf(column, Number(bin), Math.round(svg.viewBox.baseVal.width * bin))}${part(column * Number(bin))}: ${text}`;
  };
  return { rows: labels.length, columns, say };
};

const timeOf = (column, bin, end) => {
  const from = grouped(column * bin + 1);
  const to = grouped(Math.min((column + 1) * bin, end));
  return from === to ? `Instruction ${from}` : `Instructions ${from} to ${to}`;
};

const curveReader = (svg) => {
  const outer = svg.dataset.outer.split(" ");
  const inner = (svg.dataset.inner || "").split(" ");
  const bin = Number(svg.dataset.bin);
  const part = partOf(svg);
  const say = (row, column) => {
    const after = Math.min(column * bin, Math.round(svg.viewBox.baseVal.width * bin));
    const text = `After ${grouped(after)} instructions${part(column * bin)}: ${grouped(outer[column])} gas`;
    return inner[column] ? `${text}, inner machines ${grouped(inner[column])}` : text;
  };
  return { rows: 1, columns: outer.length, say };
};

/* A cell to point at, and what it shows as text below. */
for (const svg of document.querySelectorAll(".map svg")) {
  const map = svg.parentElement;
  const box = svg.viewBox.baseVal;
  const curve = svg.classList.contains("curve");
  const reader = curve ? curveReader(svg) : mapReader(svg, Math.ceil(box.width));
  const status = document.createElement("p");
  const cursor = document.createElementNS(svg.namespaceURI, "rect");
  let row = 0, column = 0;
  status.className = "status";
  status.setAttribute("role", "status");
  map.after(status);
  cursor.setAttribute("class", "cursor");
  svg.tabIndex = 0;
  svg.setAttribute("aria-label", `${svg.getAttribute("aria-label")}. Arrow keys read it cell by cell.`);

  const show = (toRow, toColumn) => {
    row = Math.min(Math.max(toRow, 0), reader.rows - 1);
    column = Math.min(Math.max(toColumn, 0), reader.columns - 1);
    const high = box.height / reader.rows;
    for (const [name, value] of Object.entries({ x: Math.min(column, box.width), y: row * high, width: curve ? 0 : 1, height: high }))
      cursor.setAttribute(name, value);
    svg.append(cursor);
    status.textContent = reader.say(row, column);
  };
  const point = (event) => {
    const at = svg.getBoundingClientRect();
    const x = ((event.clientX - at.left) / at.width) * box.width;
    show(Math.floor(((event.clientY - at.top) / at.height) * reader.rows), curve ? Math.round(x) : Math.floor(x));
  };
  const keys = {
    ArrowUp: () => show(row - 1, column),
    ArrowDown: () => show(row + 1, column),
    ArrowLeft: () => show(row, column - 1),
    ArrowRight: () => show(row, column + 1),
    PageUp: () => show(row, column - 16),
    PageDown: () => show(row, column + 16),
    Home: () => show(row, 0),
    End: () => show(row, reader.columns - 1),
    Escape: () => cursor.remove(),
  };
  svg.addEventListener("pointermove", point);
  svg.addEventListener("pointerdown", point);
  svg.addEventListener("focus", () => show(row, column));
  svg.addEventListener("keydown", (event) => {
    if (!(event.key in keys) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    keys[event.key]();
  });
}

for (const flame of document.querySelectorAll(".flame")) {
  const all = [...flame.children];
  const status = flame.closest("figure").querySelector(".status");
  const at = all.map((frame) => ({
    x: parseFloat(frame.style.getPropertyValue("--x")),
    w: parseFloat(frame.style.getPropertyValue("--w")),
    parent: Number(frame.dataset.p),
  }));
  const children = all.map(() => []);
  for (let i = 1; i < all.length; i++) children[at[i].parent].push(i);
  let focus = 0;

  /* Names only where there is room for some of them. */
  const fit = () => all.forEach((frame) => {
    frame.classList.toggle("thin", frame.offsetWidth < 24);
    frame.classList.toggle("hair", frame.offsetWidth < 4);
  });
  const move = (to) => {
    if (to === undefined || all[to].hidden) return;
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
    fit();
  };
  /* Frames that an enlargement hides are passed over. */
  const sibling = (step) => {
    const row = (focus === 0 ? [0] : children[at[focus].parent]).filter((i) => !all[i].hidden);
    return row[row.indexOf(focus) + step];
  };
  const keys = {
    ArrowUp: () => move(at[focus].parent),
    ArrowDown: () => move(firstChild()),
    ArrowLeft: () => move(sibling(-1)),
    ArrowRight: () => move(sibling(1)),
    Home: () => move(0),
    Escape: () => zoom(0),
  };
  const firstChild = () => children[focus].find((i) => !all[i].hidden);
  flame.addEventListener("keydown", (event) => {
    if (!(event.key in keys) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    keys[event.key]();
  });
  all.forEach((frame, i) => {
    const tell = () => (status.textContent = frame.title);
    frame.addEventListener("focus", tell);
    frame.addEventListener("pointerenter", tell);
    frame.addEventListener("click", () => {
      move(i);
      zoom(i);
    });
  });
  new ResizeObserver(fit).observe(flame);
}

/* Fades what a sideways scroll would bring into sight. */
for (const wide of document.querySelectorAll(".wide")) {
  const fade = () => wide.classList.toggle("cut", wide.scrollLeft + wide.clientWidth < wide.scrollWidth - 1);
  wide.addEventListener("scroll", fade, { passive: true });
  new ResizeObserver(fade).observe(wide);
}

/* What is folded away belongs on paper too. */
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => (d.open = true)));
