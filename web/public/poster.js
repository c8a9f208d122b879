// Printing is a button only where a script can do it; elsewhere the browser's own menu does.
var button = document.getElementById('print')
button.hidden = false
button.addEventListener('click', function () {
  window.print()
})
