/* A large button for the recording, where the browser plays it: its own is small for old eyes and hands. */
(function () {
  "use strict";
  var sound = document.getElementsByTagName("audio")[0];
  var source = sound && sound.getElementsByTagName("source")[0];
  if (!source || !sound.canPlayType || !sound.canPlayType(source.type)) { return; }
  var button = document.createElement("button");
  button.type = "button";
  button.className = "play";

  function name() {
    button.textContent = sound.getAttribute(sound.paused || sound.ended ? "data-play" : "data-pause");
  }

  button.onclick = function () {
    if (sound.paused) { sound.play(); } else { sound.pause(); }
  };
  sound.addEventListener("play", name);
  sound.addEventListener("pause", name);
  sound.addEventListener("ended", name);
  name();
  sound.parentNode.insertBefore(button, sound);
}());

/* Tells that the page was really looked at: visible, painted, and visible for one whole second. Plain ES5 for old
   WebViews; without it only 收到 counts. A page that does not know whose looking it is has no address to tell. */
(function () {
  "use strict";
  var address = document.body.getAttribute("data-seen");
  if (!address) { return; }
  var timer = null;
  var told = false;
  var looks = 0; /* begun since the page was opened */

  function visible() {
    if (document.prerendering || document.hidden || document.webkitHidden) { return false; }
    return !document.visibilityState || document.visibilityState === "visible";
  }

  function tell() {
    timer = null;
    if (told || !visible()) { return; }
    told = true;
    if (navigator.sendBeacon && navigator.sendBeacon(address)) { return; }
    var request = new XMLHttpRequest();
    request.open("POST", address, true);
    request.send();
  }

  /* Whatever loads pages without a screen may call itself visible, but paints nothing. */
  function painted(then) {
    if (window.requestAnimationFrame) { window.requestAnimationFrame(then); } else { then(); }
  }

  function begin(mine) {
    timer = setTimeout(function () {
      painted(function () { if (mine === looks) { tell(); } });
    }, 1000);
  }

  function look() {
    if (!visible()) {
      clearTimeout(timer);
      timer = null;
      looks += 1;
    } else if (!told && timer === null) {
      begin(looks);
    }
  }

  document.addEventListener("visibilitychange", look);
  document.addEventListener("webkitvisibilitychange", look);
  document.addEventListener("prerenderingchange", look);
  look();
}());
