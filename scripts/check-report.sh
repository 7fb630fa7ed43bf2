#!/usr/bin/env bash
# Opens a page of pvm report in headless Chromium and checks what is on it: sections, figures with
# names, tables, pictures and flame graph by keyboard, nothing loaded from elsewhere, nothing wider
# than a phone, contrast of all text, dark colours where the reader wants them, at most 2 MB for a run
# of 100 million instructions (with --long). Skipped (77) where Chromium is not installed: package
# chromium.
#
#   scripts/check-report.sh [--long] PVM [FOLDER]     FOLDER: where pages and screenshots stay
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

long=
if [ "${1:-}" = --long ]; then
  long=1
  shift
fi
[ $# -ge 1 ] || die "usage: check-report.sh [--long] PVM [FOLDER]"
pvm=$(realpath "$1")
browser=$(command -v chromium || command -v chromium-browser || true)
if [ -z "$browser" ]; then
  echo "SKIP: chromium is not installed"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
folder=${2:-$work/pages}
mkdir -p "$folder"
folder=$(realpath "$folder")

# chrome ARGUMENT...: one page, without a profile of its own that stays.
chrome() {
  local extra=()
  [ "$(id -u)" != 0 ] || extra=(--no-sandbox)
  timeout 120 "$browser" --headless --disable-gpu --disable-quic --hide-scrollbars --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync \
    --user-data-dir="$(mktemp -d "$work/profile.XXXX")" --virtual-time-budget=5000 "${extra[@]}" "$@" \
    2>>"$work/errors"
}

cd "$work"
cp "$root"/testdata/cli/*.s .
printf '0x00000000 <b>bold</b>\n' >markup.sym
for name in calls markup fault accumulate; do
  "$pvm" asm "$name.s" -o "$name.jam" >/dev/null
done
"$pvm" asm "$root/testdata/bench/inner.s" -o inner.jam >/dev/null
"$pvm" run calls.jam --record calls.json >/dev/null
"$pvm" run inner.jam --args 0x1400000000000000 --record inner.json >/dev/null
"$pvm" run markup.jam --symbols markup.sym --record markup.json >/dev/null 2>&1
"$pvm" run fault.jam --record fault.json >/dev/null || [ $? = 1 ]
"$pvm" run accumulate.jam --accumulate --service 9 --transfer amount=30,gas=500 \
  --record accumulate.json >/dev/null
"$pvm" corevm fib --n 10 --record fib.json >/dev/null
"$pvm" asm "$root/testdata/cli/inner.s" --format raw -o inner.pvm >/dev/null
"$pvm" asm child.s -o child.jam >/dev/null
"$pvm" run child.jam --record child.json >/dev/null || [ $? = 1 ]
"$pvm" scenario run "$root/testdata/scenarios/create.json" --record create.json >/dev/null
"$pvm" report fib.json inner.json calls.json fault.json accumulate.json markup.json create.json \
  child.json -o "$folder/report.html"
"$pvm" report inner.json --plot "$folder/heat.svg"
"$pvm" report fib.json --plot "$folder/gas.svg" --of gas
# 100 million instructions that read and write 32 MiB at random places.
if [ -n "$long" ]; then
  cp "$root/testdata/bench/workload.inc" .
  cat >long.s <<'END'
.include "workload.inc"
.bss
        .align 4096
area:   .space 1 << 25
.text
main:
        load_ind_u64    a5, [a0]
        li              t1, MULTIPLIER
        li              t2, INCREMENT
        li              s0, 7
        la              s1, area
        fallthrough
round:
        mul_64          s0, s0, t1
        add_64          s0, s0, t2
        shlo_r_imm_64   t0, s0, 39
        and_imm         t0, t0, (1 << 25) - 8
        add_64          t0, t0, s1
        load_ind_u64    a3, [t0]
        add_64          a3, a3, s0
        store_ind_u64   a3, [t0]
        add_imm_64      a5, a5, -1
        branch_ne_imm   a5, 0, round
        li              a2, 0
        finish
END
  "$pvm" asm long.s -o long.jam >/dev/null
  "$pvm" run long.jam --args 0x8096980000000000 --record long.json >/dev/null
  "$pvm" report long.json -o "$folder/long.html"
fi

# What the page finds out about itself, as text in its title: the page with one more script.
probe=$work/probe.html
sed 's|</script></body></html>|</script><script src="probe.js"></script></body></html>|
  s|script-src .unsafe-inline.|& file:|' "$folder/report.html" >"$probe"
cat >"$work/probe.js" <<'END'
const bad = [];
const need = (what, good) => good || bad.push(what);
const all = (query) => [...document.querySelectorAll(query)];
need("eight runs", all("main > section").length === 8);
need("all runs beside each other", all("table.all tbody tr").length === 8);
need("one heading of the page", all("h1").length === 1);
for (const id of ["outcome", "corevm", "gas", "calls", "memory", "machines", "flame", "code"])
  need("section " + id, document.getElementById("run1-" + id));
need("where it stopped", document.getElementById("run4-stop"));
need("changes of state", document.getElementById("run5-changes"));
need("runs of a scenario", document.querySelectorAll("#run7-runs ~ details tbody tr").length >= 7);
need("changes by round", /^round 0, /.test(document.querySelector("#run7-changes ~ ul b").textContent));
need("where the child stopped", /Inner machine 0: page-fault/.test(document.getElementById("run8-stop").parentElement.textContent));
need("a log", document.getElementById("run6-log"));
need("links lead somewhere", all("nav a").every((a) => document.querySelector(a.getAttribute("href"))));
need("sections have names", all("section").every((s) => document.getElementById(s.getAttribute("aria-labelledby"))));
need("pictures have names", all("svg, [role=tree], [role=region]").every((e) => e.getAttribute("aria-label")));
need("pictures have cells", all(".map svg:not(.curve)").every((e) => e.querySelector("path")));
need("axes have units", all(".map .axis").every((e) => /instruction|page_/.test(e.textContent)));
need("curves have a scale", all(".high").every((e) => / gas/.test(e.textContent)));
need("no empty tables", all("tbody").every((e) => e.rows.length));
need("buttons have names", all("button").every((e) => e.textContent.trim()));
need("titles above columns", all("thead th").every((e) => e.scope === "col"));
need("rows as wide as titles", all("table").every((t) =>
  [...t.tBodies[0].rows].every((r) => r.cells.length === t.tHead.rows[0].cells.length)));
need("ids only once", new Set(all("[id]").map((e) => e.id)).size === all("[id]").length);
need("no markup from a guest", document.title.startsWith("refine of CoreVM") && !all("main b").some((e) => e.textContent === "bold"));
need("nothing loaded", performance.getEntriesByType("resource").every((e) => e.name.endsWith("/probe.js")));
need("no wider than the window", document.documentElement.scrollWidth <= innerWidth);
// Every text against the nearest ground behind it, by WCAG 2 (AA): 4.5, of large text 3.
const numbers = (colour) => colour.match(/[\d.]+/g).map(Number);
const light = (colour) => numbers(colour).slice(0, 3).map((c) => c / 255)
  .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const ground_of = (e) => {
  const colour = getComputedStyle(e).backgroundColor;
  return numbers(colour)[3] === 0 && e.parentElement ? ground_of(e.parentElement) : colour;
};
all("details").forEach((e) => { e.open = true; });
for (const e of all("body *")) {
  const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  const style = getComputedStyle(e);
  if (!own || !e.getClientRects().length || numbers(style.color)[3] === 0) continue;
  const [a, b] = [light(style.color), light(ground_of(e))].sort((x, y) => y - x);
  const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
  need(`contrast of "${e.textContent.trim().slice(0, 20)}" in ${e.tagName}.${e.className}`, (a + 0.05) / (b + 0.05) >= (large ? 3 : 4.5));
}
for (const path of all(".map path[class^=k]")) {
  const [a, b] = [light(getComputedStyle(path).stroke), light(ground_of(path.closest("svg")))].sort((x, y) => y - x);
  need(`contrast of cells ${path.getAttribute("class")}`, (a + 0.05) / (b + 0.05) >= 3);
}
// A picture by keyboard: the seventh of markup.s' twelve instructions reads two texts of its page.
const heat = document.querySelector("#run6-memory ~ figure svg");
heat.focus();
for (let i = 0; i < 6; i++) heat.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
need("a cell is told", heat.parentElement.nextElementSibling.textContent ===
  "0x00010000 of outer machine, 1 page, 2 reads, 0 writes. Instruction 7: read: 2 times, not written");
heat.dispatchEvent(new KeyboardEvent("keydown", { key: "End" }));
heat.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
need("not beyond the last", / Instruction 12: /.test(heat.parentElement.nextElementSibling.textContent));
const curve = document.querySelector("#run6-gas ~ figure svg");
curve.focus();
curve.dispatchEvent(new KeyboardEvent("keydown", { key: "End" }));
need("the curve ends with all gas", curve.parentElement.nextElementSibling.textContent === "After 12 instructions: 22 gas");
const flame = document.querySelectorAll(".flame")[2];
const key = (name) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
flame.children[0].focus();
key("ArrowDown");
key("ArrowRight");
need("the keyboard moves", document.activeElement.textContent === "main");
key("ArrowDown");
need("and goes down", document.activeElement.textContent === "leaf");
need("it says where it is", /gas/.test(flame.closest("figure").querySelector(".status").textContent));
need("one frame is reached by tab", [...flame.children].filter((e) => e.tabIndex === 0).length === 1);
key("ArrowUp");
key("ArrowDown");
document.activeElement.click();
key("ArrowRight");
key("ArrowLeft");
need("hidden frames get no focus", !document.activeElement.hidden && flame.querySelector("[tabindex='0']") === document.activeElement);
need("a frame fills the width", document.activeElement.offsetWidth > 0.99 * flame.offsetWidth);
need("others go", [...flame.children].some((e) => e.hidden));
key("Escape");
need("and come back", ![...flame.children].some((e) => e.hidden));
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
const ground = getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number);
need("colours as asked for", dark === ground[0] < 128);
document.title = (bad.length ? "BAD: " + bad.join("; ") : "GOOD") + (dark ? ", dark" : ", light") + ", " + innerWidth + " wide";
parent.postMessage(document.title, "*");
END
# A window is never as narrow as a phone, a frame is.
cat >"$work/phone.html" <<'END'
<!doctype html><title></title><iframe src="probe.html" width="390" height="800" style="border:0"></iframe>
<script>onmessage = (event) => { document.title = event.data; };</script>
END

failed=0

# look NAME WIDTH PAGE ARGUMENT...: the verdict of the probe on PAGE, and a screenshot.
look() {
  local name=$1 width=$2 page=$3 title
  shift 3
  title=$(chrome --window-size="$width,1000" "$@" --dump-dom "file://$work/$page" |
    sed -n 's|.*<title>\(.*\)</title>.*|\1|p' | head -n 1)
  echo "$name: $title"
  case $title in
  GOOD*) ;;
  *) failed=1 ;;
  esac
  chrome --window-size="$width,6000" "$@" --screenshot="$folder/$name.png" \
    "file://$folder/report.html" >/dev/null
}

look light 1200 probe.html
look phone 390 phone.html
look dark 1200 probe.html --force-dark-mode --blink-settings=preferredColorScheme=0

for picture in heat gas; do
  chrome --window-size=1000,500 --screenshot="$folder/$picture.png" "file://$folder/$picture.svg" \
    >/dev/null
done
if [ -n "$long" ]; then
  size=$(stat -c %s "$folder/long.html")
  echo "long: $size octets"
  [ "$size" -lt 2000000 ] || failed=1
  grep -q '"instructions": 100000012,' long.json || failed=1
fi
exit $failed
