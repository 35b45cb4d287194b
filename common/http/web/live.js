// Pages work without this. With it tables sort by a click on a head, and what a page says is
// refreshed in place every few seconds, so that selections, scrolling and sorting stay.
"use strict";

const REFRESH_MILLISECONDS = 5000;
const sorting = new Map();  // position of a table in the page -> {column, descending}

function cellKey(row, column) {
  const cell = row.cells[column];
  if (!cell) return "";
  return "value" in cell.dataset ? Number(cell.dataset.value) : cell.textContent.trim();
}

function compareKeys(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, {numeric: true});
}

function sortTable(table, order) {
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const sign = order.descending ? -1 : 1;
  rows.sort((a, b) => sign * compareKeys(cellKey(a, order.column), cellKey(b, order.column)));
  rows.forEach((row, index) => {
    if (body.rows[index] !== row) body.insertBefore(row, body.rows[index]);
  });
  Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
    if (column !== order.column) head.removeAttribute("aria-sort");
    else head.setAttribute("aria-sort", order.descending ? "descending" : "ascending");
  });
}

function prepareTables(root) {
  root.querySelectorAll("table").forEach((table, position) => {
    if (!table.tHead || !table.tBodies.length) return;
    Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
    });
    if (sorting.has(position)) sortTable(table, sorting.get(position));
  });
}

function onHeadClick(event) {
  const head = event.target.closest("th");
  if (!head || !head.closest("thead")) return;
  const table = head.closest("table");
  const position = Array.from(document.querySelectorAll("main table")).indexOf(table);
  const known = sorting.get(position);
  const column = head.cellIndex;
  // Numbers are most often wanted from the largest on.
  const first = head.classList.contains("number");
  const order = {column, descending: known && known.column === column ? !known.descending : first};
  sorting.set(position, order);
  sortTable(table, order);
}

// Makes `old` equal to `fresh` and touches only what differs.
function morph(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) {
    old.replaceWith(fresh.cloneNode(true));
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  for (const {name} of Array.from(old.attributes)) {
    if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const {name, value} of Array.from(fresh.attributes)) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const oldNodes = Array.from(old.childNodes);
  const freshNodes = Array.from(fresh.childNodes);
  freshNodes.forEach((node, index) => {
    if (index < oldNodes.length) morph(oldNodes[index], node);
    else old.appendChild(node.cloneNode(true));
  });
  oldNodes.slice(freshNodes.length).forEach((node) => node.remove());
}

async function refresh() {
  if (document.hidden) return;
  const note = document.getElementById("live");
  try {
    const response = await fetch(location.href, {headers: {Accept: "text/html"}});
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    const main = fresh.querySelector("main");
    if (!main) return;
    prepareTables(main);
    morph(document.querySelector("main"), main);
    note.textContent = "Updated " + new Date().toLocaleTimeString();
  } catch (error) {
    note.textContent = "No answer since " + (note.dataset.since ||= new Date().toLocaleTimeString());
    return;
  }
  delete note.dataset.since;
}

function markCurrentPage() {
  const links = Array.from(document.querySelectorAll("nav a"));
  const fits = (link) => location.pathname === link.pathname ||
                         (link.pathname !== "/" && location.pathname.startsWith(link.pathname + "/"));
  const link = links.find(fits);
  if (link) link.setAttribute("aria-current", "page");
}

document.querySelector("main").addEventListener("click", onHeadClick);
prepareTables(document.querySelector("main"));
markCurrentPage();
setInterval(refresh, REFRESH_MILLISECONDS);
