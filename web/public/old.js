// Runs in browsers of any age: those that cannot run the page's own scripts get the plain page or a sentence. The page's own
// scripts do not wait for this one, because the service worker does not cache it.
;(function () {
  if ('noModule' in document.createElement('script') && String.prototype.replaceAll) return
  var plain = document.documentElement.getAttribute('data-plain')
  if (plain) location.replace(plain)
  else document.getElementById('old').removeAttribute('hidden')
})()
