// The page: two views, of which the first asks for numbers of a derivative, the second solves.
// Texts from the server are set as text; only formulas and reports, which it makes, as HTML.

const token = new URLSearchParams(location.search).get("token");
const by = (id) => document.getElementById(id);

async function ask(path, body) {
  const answer = await fetch(path, {
    method: body === undefined ? "GET" : "POST",
    headers: { "X-Token": token },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const found = await answer.json().catch(() => ({ error: "the server gave no answer" }));
  if (found.error !== undefined) throw new Error(found.error);
  return found;
}

// After the last call for a while: typing is not answered letter by letter.
function later(call, wait) {
  let timer;
  return () => { clearTimeout(timer); timer = setTimeout(call, wait); };
}

// ---- the views ----

const tabs = [...document.querySelectorAll("[role=tab]")];
function show(tab) {
  for (const each of tabs) {
    const chosen = each === tab;
    each.setAttribute("aria-selected", chosen);
    each.tabIndex = chosen ? 0 : -1;
    by(each.getAttribute("aria-controls")).hidden = !chosen;
  }
}
tabs.forEach((tab, index) => {
  tab.addEventListener("click", () => show(tab));
  tab.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    const next = tabs[(index + 1) % tabs.length];
    show(next);
    next.focus();
  });
});

// ---- derivatives ----

const width = 560, height = 330, left = 62, right = 12, top_ = 12, bottom = 28;

function element(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

function short(value) {
  const size = Math.abs(value);
  return size === 0 || (size >= 1e-3 && size < 1e4)
    ? String(+value.toPrecision(4)) : value.toExponential(1);
}

// Four to ten multiples of 1, 2 or 5 times a power of ten.
function ticks(low, high) {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [5, 2, 1].find((multiple) => multiple * power <= rough);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, k) => (first + k) * step);
}

// Draw lines [{x, y, kind}] over axes; returns where a point comes to lie.
function draw(svg, lines, low, high, label) {
  const xs = lines.flatMap((line) => line.x);
  const [first, last] = [Math.min(...xs), Math.max(...xs)];
  const across = (x) => left + (x - first) / (last - first) * (width - left - right);
  const up = (y) => height - bottom - (y - low) / (high - low) * (height - top_ - bottom);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren();
  for (const y of ticks(low, high)) {
    svg.append(
      element("line", { class: "axis", x1: left, x2: width - right, y1: up(y), y2: up(y) }),
      element("text", { x: left - 6, y: up(y) + 4, "text-anchor": "end" }, label(y)),
    );
  }
  for (const x of ticks(first, last)) {
    svg.append(element("text", { x: across(x), y: height - 8, "text-anchor": "middle" }, short(x)));
  }
  for (const line of lines) {
    const points = line.x.map((x, k) => `${across(x).toFixed(1)},${up(line.y[k]).toFixed(1)}`);
    svg.append(element("polyline", { class: `line ${line.kind}`, points: points.join(" ") }));
  }
  return (x, y) => [across(x), up(y)];
}

function listed(values) {
  return values.length ? values.join(",  ") : "none";
}

let asked = 0;
async function derive() {
  const [name, order, mine] = [by("function").value, by("order").value, ++asked];
  by("order-shown").textContent = order;
  const found = await ask(`derivative/${name}/${order}`);
  if (mine !== asked) return; // a later one is under way
  const { x, values, zeros, extremes, coefficients, errors } = found;
  const span = Math.max(...values) - Math.min(...values) || 1;
  const place = draw(by("curve"), [{ x, y: values, kind: "" }],
    Math.min(...values) - 0.05 * span, Math.max(...values) + 0.05 * span, short);
  const inside = (at) => at >= x[0] && at <= x[x.length - 1];
  for (const at of zeros.filter(inside)) {
    const [cx, cy] = place(at, 0);
    by("curve").append(element("circle", { class: "mark", cx, cy, r: 3.5 }));
  }
  for (const [at, value] of extremes.filter(([at]) => inside(at))) {
    const [cx, cy] = place(at, value);
    by("curve").append(element("rect", { class: "mark", x: cx - 3, y: cy - 3, width: 6, height: 6 }));
  }
  by("zeros").textContent = listed(zeros.map((zero) => zero.toPrecision(10)));
  by("extremes").textContent = listed(extremes.map(([at, value]) => `${value.toExponential(6)} at ${at.toPrecision(7)}`));
  by("coefficients").textContent = listed(coefficients);
  by("errors").closest("figure").hidden = errors === null;
  if (errors !== null) {
    const logs = (list) => list.map((value) => Math.log10(Math.max(value, 1e-18)));
    const [naive, ours] = [logs(errors.naive), logs(errors.ours)];
    draw(by("errors"), [{ x: errors.x, y: naive, kind: "naive" }, { x: errors.x, y: ours, kind: "" }],
      -18, -18 + 4 * Math.ceil((Math.max(-10, ...naive) + 18) / 4), (power) => `1e${power}`);
  }
}
by("order").addEventListener("input", later(derive, 60));
by("function").addEventListener("change", derive);
by("order").closest("form").addEventListener("submit", (event) => event.preventDefault());
derive();

// ---- problems ----

const kinds = {
  "Heat": { unknowns: "u(x, t)", time: "t", equations: "u_t = k*u_xx", conditions: "u(0, t) = 0\nu(1, t) = 0\nu(x, 0) = sin(pi*x)", region: "x = 0, 1\nt = 0, 0.2", parameters: "k = 1" },
  "Burgers": { unknowns: "u(x, t)", time: "t", equations: "u_t + u*u_x = nu*u_xx", conditions: "u(x, 0) = -sin(pi*x)\nu(-1, t) = 0\nu(1, t) = 0", region: "x = -1, 1\nt = 0, 1", parameters: "nu = 0.05" },
  "Poisson": { unknowns: "u(x, y)", time: "", equations: "u_xx + u_yy = -f", conditions: "u(0, y) = 0\nu(1, y) = 0\nu(x, 0) = 0\nu(x, 1) = sin(pi*x)", region: "x = 0, 1\ny = 0, 1", parameters: "f = 0" },
  "Disk with a hole": { unknowns: "u(x, y)", time: "", equations: "u_xx + u_yy = -f", conditions: "u = 0 on outer\nnormal_derivative(u) = 0 on hole", region: "x, y = Disk((0, 0), 1, name='outer') - Disk((0.3, 0), 0.3, name='hole')", parameters: "f = 4" },
  "Pendulum": { unknowns: "y(t)", time: "", equations: "y'' = -sin(y) - d*y'", conditions: "y(0) = 3\ny'(0) = 0", region: "t = 0, 20", parameters: "d = 0.1" },
  "Beam": { unknowns: "w(x)", time: "", equations: "diff(w, x, 4) = 24*q", conditions: "w(0) = 0\nw'(0) = 0\nw(1) = 0\nw'(1) = 0", region: "x = 0, 1", parameters: "q = 1" },
};
const form = by("statement");
const fields = ["unknowns", "time", "equations", "conditions", "region", "parameters"];
const typed = () => Object.fromEntries(new FormData(form));
const chosen = new Map(); // values that sliders give to parameters

by("kind").append(...Object.keys(kinds).map((name) => new Option(name)));
function begin() {
  for (const name of fields) form.elements[name].value = kinds[by("kind").value][name];
  chosen.clear();
  read();
}

function say(text, wrong = false) {
  by("message").textContent = text;
  by("message").classList.toggle("wrong", wrong);
}

let reading = 0;
async function read() {
  const mine = ++reading;
  try {
    const found = await ask("check", typed());
    if (mine !== reading) return;
    by("formulas").innerHTML = found.formulas.join("");
    sliders(found.parameters);
    if (!running) say(`method ${found.method}: ${found.reason}`);
  } catch (error) {
    if (mine === reading && !running) say(error.message, true);
  }
}

function sliders(parameters) {
  for (const name of chosen.keys()) if (!(name in parameters)) chosen.delete(name);
  by("sliders").replaceChildren(...Object.entries(parameters).map(([name, stated]) => {
    const value = chosen.has(name) ? Number(chosen.get(name)) : stated;
    const reach = 2 * Math.abs(stated) || 1;
    const label = document.createElement("label");
    const shown = document.createElement("span");
    const slider = document.createElement("input");
    Object.assign(slider, {
      type: "range", name: `slider-${name}`, min: stated < 0 || stated === 0 ? -reach : reach / 40,
      max: stated < 0 ? -reach / 40 : reach, step: reach / 40, value,
    });
    shown.textContent = short(value);
    slider.addEventListener("input", () => {
      chosen.set(name, slider.value);
      shown.textContent = short(Number(slider.value));
    });
    label.append(`${name} = `, shown, slider);
    return label;
  }));
}

// What is shown is the answer to what was asked before.
const earlier = () => by("answer").classList.add("earlier");

let running = null;
async function solve() {
  if (running) return;
  earlier();
  by("solve").disabled = true;
  say("beginning");
  try {
    const { job } = await ask("jobs", { ...typed(), values: Object.fromEntries(chosen) });
    running = job;
    by("stop").disabled = false;
    by("progress").hidden = false;
    let state;
    do {
      await new Promise((resume) => setTimeout(resume, 250));
      state = await ask(`jobs/${job}`);
      by("progress").value = state.fraction;
      say(state.message || "solving");
    } while (state.status === "running");
    if (state.status === "done") answer(job, state); else say(state.message, true);
  } catch (error) {
    say(error.message, true);
  }
  running = null;
  by("solve").disabled = false;
  by("stop").disabled = true;
  by("progress").hidden = true;
}

function unbroken(text) {
  const made = document.createElement("span");
  made.className = "unbroken";
  made.textContent = text;
  return made;
}

function answer(job, state) {
  const file = (name) => `jobs/${job}/${name}?token=${encodeURIComponent(token)}`;
  say("");
  by("answer").hidden = false;
  by("verdict").replaceChildren(...(state.converged
    ? [unbroken(`relative error about ${state.estimate.toExponential(1)},`), " ",
      unbroken(`residual ${state.residual.toExponential(1)}`)]
    : [`NOT CONVERGED: ${state.said}`]));
  by("verdict").classList.toggle("wrong", !state.converged);
  by("answer").classList.remove("earlier");
  by("picture").src = by("picture-link").href = by("download-picture").href = file("picture.png");
  by("download-problem").href = file("problem.toml");
  by("download-python").href = file("solution.py");
  by("download-solution").href = file("solution.npz");
  by("report").innerHTML = state.report;
}

form.addEventListener("input", earlier);
form.addEventListener("submit", (event) => { event.preventDefault(); solve(); });
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) solve();
});
for (const name of fields) form.elements[name].addEventListener("input", later(read, 400));
by("kind").addEventListener("change", begin);
by("stop").addEventListener("click", () => running && ask(`jobs/${running}/stop`, {}));
begin();
