/* Tells that the page was really looked at: visible for one whole second. Plain ES5 for old WebViews;
   without it only 收到 counts. A page that
   does not know whose looking it is has no address to tell. */
(function () {
  "use strict";
  var address = document.body.getAttribute("data-seen");
  if (!address) { return; }
  var timer = null;
  var told = false;

  function tell() {
    told = true;
    if (navigator.sendBeacon && navigator.sendBeacon(address)) { return; }
    var request = new XMLHttpRequest();
    request.open("POST", address, true);
    request.send();
  }

  function look() {
    var visible = document.visibilityState ? document.visibilityState === "visible" : !document.hidden;
    if (!visible) {
      clearTimeout(timer);
      timer = null;
    } else if (!told && timer === null) {
      timer = setTimeout(tell, 1000);
    }
  }

  document.addEventListener("visibilitychange", look);
  look();
}());
