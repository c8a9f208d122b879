// Runs in browsers of any age: those that cannot run the page's own scripts get the plain page or a sentence. The page's own do not
// wait for it, since it is not kept for when there is no connection.
;(function () {
  if ('noModule' in document.createElement('script') && String.prototype.replaceAll) return
  var plain = document.documentElement.getAttribute('data-plain')
  if (plain) location.replace(plain)
  else document.getElementById('old').removeAttribute('hidden')
})()
