"use strict";

const ZONE = "Asia/Ho_Chi_Minh";
const STATES = { live: "Đã nối · Live", lost: "Mất nối · Offline", opening: "Đang nối…" };
const EVENTS = {
  "incident.opened": "Tin mới", "incident.updated": "Cập nhật", "incident.closed": "Đã kết thúc",
};
const incidents = new Map();
const byId = (id) => document.getElementById(id);

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function localTime(iso, withDate) {
  const options = { timeZone: ZONE, hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false };
  if (withDate) Object.assign(options, { day: "2-digit", month: "2-digit" });
  return new Intl.DateTimeFormat("vi-VN", options).format(new Date(iso)).replace("-", "/");
}

function tone(body) {
  if (body.event === "incident.closed") return "done";
  if (body.severity === "critical") return "critical";
  return body.severity === "major" ? "major" : "minor";
}

/** What must be looked at first: an open alarm of now is never pushed down by a lesser one. */
function urgency({ body }) {
  if (body.event === "incident.closed") return 0;
  if (body.drill || body.late) return 1;
  return 2 + ["info", "warning", "major", "critical"].indexOf(body.severity);
}

/** Says under the picture whose it is: the console's header of the same picture. */
async function caption(frame, image) {
  const answer = await fetch(image.src, { cache: "force-cache" });
  const words = decodeURIComponent(answer.headers.get("X-Caption") ?? "");
  if (!words) return;
  image.alt = `Ảnh từ ${words}`;
  frame.append(element("small", "caption", words));
}

function photo(call) {
  const frame = element("div", "photo", "Đang tải ảnh… · Loading picture");
  if (!call.body.picture) {
    frame.textContent = "Chưa có ảnh · No picture yet";
    return frame;
  }
  const image = new Image();
  let tries = 0;
  image.alt = "Ảnh chụp từ camera";
  image.onload = () => { frame.replaceChildren(image); caption(frame, image); };
  image.onerror = () => {
    tries += 1;
    if (tries > 20) frame.textContent = "Không tải được ảnh · No picture";
    else setTimeout(() => { image.src = `/picture/${call.number}?try=${tries}`; }, 500 * Math.min(tries, 6));
  };
  image.src = `/picture/${call.number}`;
  return frame;
}

function marks(body) {
  const row = element("div", "marks");
  row.append(element("span", "mark", EVENTS[body.event] ?? body.event));
  if (body.drill) row.append(element("span", "mark drill", "DIỄN TẬP · DRILL"));
  if (body.late) row.append(element("span", "mark late", "TIN ĐẾN MUỘN · LATE"));
  return row;
}

function facts(call) {
  const { body } = call;
  const place = body.place ?? {};
  const list = element("dl", "facts");
  const add = (term, value, small) => {
    if (!value) return;
    const said = element("dd", "", value);
    if (small) said.append(" ", element("small", "", small));
    list.append(element("dt", "", term), said);
  };
  add("Nơi", place.commune);
  add("Camera", place.camera_title ?? place.camera, place.camera_title ? place.camera : "");
  if (typeof place.bearing_deg === "number") add("Hướng", `${Math.round(place.bearing_deg)}°`, "từ hướng bắc");
  if (typeof place.lat === "number") add(place.fixed ? "Toạ độ đám cháy" : "Toạ độ camera", `${place.lat.toFixed(5)}, ${place.lon.toFixed(5)}`);
  if (body.captured_at) add("Chụp lúc", localTime(body.captured_at, true));
  // only the first word of an incident was on its way as long as its sighting was sent
  const wait = body.event === "incident.opened" ? call.latency_ms : null;
  add("Nhận lúc", localTime(call.received_at, true), wait > 0 && wait < 60000 ? `sau ${Math.round(wait)} ms` : "");
  return list;
}

function card(call) {
  const words = element("div", "words");
  words.append(marks(call.body), element("h1", "", call.body.title_vi));
  if (call.body.text_vi) words.append(element("p", "text", call.body.text_vi));
  words.append(facts(call));
  if (call.body.url) {
    const open = element("a", "open", "Mở trên bàn trực");
    open.href = new URL(call.body.url, consoleUrl).href;
    open.target = "_blank";
    open.rel = "noopener";
    words.append(open);
  }
  return [photo(call), words];
}

function line(call) {
  const item = element("li");
  item.dataset.tone = tone(call.body);
  item.append(element("b", "", call.body.title_vi));
  const where = call.body.place?.commune || call.body.place?.camera || "";
  const parts = [localTime(call.received_at, true), where, EVENTS[call.body.event] ?? ""];
  item.append(element("span", "", parts.filter(Boolean).join(" · ")));
  return item;
}

function draw() {
  const calls = [...incidents.values()].sort(
    (a, b) => urgency(b) - urgency(a) || b.number - a.number,
  );
  if (calls.length === 0) return;
  byId("waiting").hidden = true;
  const alert = byId("alert");
  alert.hidden = false;
  alert.dataset.tone = tone(calls[0].body);
  alert.replaceChildren(...card(calls[0]));
  alert.classList.remove("fresh");
  void alert.offsetWidth;
  alert.classList.add("fresh");
  byId("earlier").hidden = calls.length < 2;
  byId("list").replaceChildren(...calls.slice(1, 30).map(line));
  document.title = `● ${calls[0].body.title_vi}`;
}

function showLink(state) {
  byId("link").dataset.state = state;
  byId("link").textContent = STATES[state];
}

function showClock() {
  byId("clock").textContent = localTime(Date.now(), false).slice(0, 5);
}

let consoleUrl = location.href;
let waiting = 0;

async function begin() {
  consoleUrl = (await (await fetch("/console.json")).json()).console;
  const source = new EventSource("/events");
  source.onopen = () => showLink("live");
  source.onerror = () => showLink("lost");
  source.onmessage = (event) => {
    const call = JSON.parse(event.data);
    const known = incidents.get(call.body.incident);
    if (known && (known.body.created_at ?? "") > (call.body.created_at ?? "")) return; // overtaken
    incidents.set(call.body.incident, call);
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(draw);
  };
}

showClock();
setInterval(showClock, 5000);
begin().catch(() => showLink("lost"));
