/* Has the figures of a notice come again by themselves. Plain ES5; without it they come with each loading.
   What somebody is about to press stays where it is, and an older count never replaces a newer one. */
(function () {
  "use strict";
  var timer = null;

  function part() { return document.getElementById("live"); }

  function busy(here) {
    return !!here.querySelector("details[open], .really") || (here !== document.body && here.contains(document.activeElement));
  }

  function older(next) {
    return Number(next.getAttribute("data-at") || 0) < Number(part().getAttribute("data-at") || 0);
  }

  function take(text) {
    var holder = document.createElement("div"), names = ["live", "doing", "more"], i, here, next;
    holder.innerHTML = text;
    next = holder.querySelector("#live");
    if (!next || older(next)) { return; }
    for (i = 0; i < names.length; i += 1) {
      here = document.getElementById(names[i]);
      next = holder.querySelector("#" + names[i]);
      if (here && next && !(names[i] === "doing" && busy(here))) { here.parentNode.replaceChild(next, here); }
    }
  }

  function wait() {
    clearTimeout(timer);
    timer = setTimeout(ask, Number(part().getAttribute("data-every")) * 1000);
  }

  function ask() {
    if (document.hidden) { wait(); return; }
    var request = new XMLHttpRequest();
    request.open("GET", part().getAttribute("data-ask"), true);
    request.timeout = 10000;
    request.onload = function () {
      if (request.status === 200) { take(request.responseText); }
      if (request.status === 401) { location.reload(); return; }
      wait();
    };
    request.onerror = request.ontimeout = wait;
    request.send();
  }

  if (part() && part().getAttribute("data-at")) { wait(); }
  document.addEventListener("visibilitychange", function () { if (!document.hidden && part()) { ask(); } });
}());
