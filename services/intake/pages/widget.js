/* "Ask about this item" beside every item of a catalogue's page. It sends nothing and keeps nothing:
   it makes links. An item is an element with data-ask="rft.btitle=…&rft.isbn=…" (an OpenURL's keys
   and values), or, where there are none, a COinS (span.Z3988). On the script's own element:
   data-topic, data-lang, data-label. */
(function () {
  "use strict";
  var labels = LABELS, first = FIRST;
  var script = document.currentScript;
  var said = script.dataset;
  var page = new URL("/ask", script.src).href;

  function languageOf(place) {
    var near = place.closest("[lang]");
    var wished = said.lang || (near ? near.lang : "");
    return wished.toLowerCase().split("-")[0];
  }

  function titleOf(query) {
    var keys = new URLSearchParams(query);
    return keys.get("rft.atitle") || keys.get("rft.btitle") || keys.get("rft.jtitle") || keys.get("rft.title") || "";
  }

  function link(place, query) {
    var language = languageOf(place);
    var spoken = labels[language] ? language : first;
    var label = said.label || labels[spoken];
    var title = titleOf(query);
    var made = document.createElement("a");
    made.className = "ask-about";
    made.textContent = label;
    if (!said.label) made.lang = spoken;
    /* A list of items has a list of these links: each says which item it is about. */
    if (title) made.setAttribute("aria-label", label + ": " + title);
    made.href = page + "?lang=" + encodeURIComponent(language || spoken) +
      (said.topic ? "&topic=" + encodeURIComponent(said.topic) : "") + "&" + query;
    return made;
  }

  function mark(found, query, put) {
    if (found.hasAttribute("data-ask-linked")) return;
    found.setAttribute("data-ask-linked", "");
    if (query) put(link(found, query));
  }

  function look() {
    var own = document.querySelectorAll("[data-ask]");
    own.forEach(function (one) {
      mark(one, one.getAttribute("data-ask"), function (made) { one.appendChild(made); });
    });
    if (own.length) return;
    document.querySelectorAll("span.Z3988").forEach(function (one) {
      mark(one, one.title, function (made) { one.insertAdjacentElement("afterend", made); });
    });
  }

  function start() {
    look();
    /* Catalogues that load more items later. */
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  }

  if (document.body && document.readyState !== "loading") start();
  else document.addEventListener("DOMContentLoaded", start);
})();
