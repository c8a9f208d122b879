package server

import (
	"html/template"
	"net/http"
)

// posterPolicy lets the poster load its style sheet, its QR code, and the script of its button.
const posterPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; " +
	"form-action 'none'; frame-ancestors 'none'"

// posterView is what the poster shows: not the room's name, since no room is looked up.
type posterView struct {
	Text    *posterTexts
	Code    string
	Address string // of the server, as people type it
}

// posterTexts are the sentences of the poster in one language.
type posterTexts struct {
	Language, Invitation, QR, Or, Code, Print, Other, OtherLanguage string
}

var posterEnglish = posterTexts{
	Language: "en", Invitation: "Scan this, and choose what plays next.", QR: "QR code to join the party",
	Or: "Or open", Code: "and enter the code", Print: "Print", Other: "Deutsch", OtherLanguage: "de",
}

var posterGerman = posterTexts{
	Language: "de", Invitation: "Scannen und mitbestimmen, was als Nächstes läuft.", QR: "QR-Code zum Mitmachen",
	Or: "Oder öffne", Code: "und gib den Code ein:", Print: "Drucken", Other: "English", OtherLanguage: "en",
}

// posterTextsFor returns the texts in the language that the address names or, without one, that the browser asks for.
func posterTextsFor(r *http.Request) *posterTexts {
	language := r.URL.Query().Get("lang")
	if language == "" {
		language = plainTextsFor(r.Header.Get("Accept-Language")).Language
	}
	if language == "de" {
		return &posterGerman
	}
	return &posterEnglish
}

var posterTemplate = template.Must(template.New("poster").Parse(`<!doctype html>
<html lang="{{.Text.Language}}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{{.Code}} – antwon.dj</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/poster.css">
<main>
<h1>{{.Text.Invitation}}</h1>
<img src="/r/{{.Code}}/qr.svg" alt="{{.Text.QR}}" width="400" height="400">
<p>{{.Text.Or}} <strong>{{.Address}}</strong> {{.Text.Code}}</p>
<p class="code">{{.Code}}</p>
</main>
<nav>
<button id="print" type="button" hidden>{{.Text.Print}}</button>
<a href="?lang={{.Text.OtherLanguage}}" lang="{{.Text.OtherLanguage}}">{{.Text.Other}}</a>
</nav>
<script src="/poster.js" defer></script>
</html>
`))
