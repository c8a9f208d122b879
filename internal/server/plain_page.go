package server

import (
	"html/template"
	"strings"

	"antwon.dj/backend/internal/party"
)

// plainView is what the plain screen shows: a room, or a message about a problem.
type plainView struct {
	Text    *plainTexts
	State   *party.State
	Problem string
	Refresh int // in seconds
	Address string
	QR      template.URL
	Queue   []*party.QueueItem // its first songs
	More    int                // songs after them
}

// plainTexts are the sentences of the plain screen in one language.
type plainTexts struct {
	Language, Now, Next, Nothing, Scan, Code, AddedBy, OneMore, More, NoRoom, Failed string
}

var plainEnglish = plainTexts{
	Language: "en", Now: "Now playing", Next: "Up next", Nothing: "Nothing is playing yet.", Scan: "Scan, or open",
	Code: "Code", AddedBy: "added by",
	OneMore: "more song", More: "more songs", NoRoom: "There is no open room with this code.",
	Failed: "The server cannot answer right now. This page tries again by itself.",
}

var plainGerman = plainTexts{
	Language: "de", Now: "Jetzt läuft", Next: "Als Nächstes", Nothing: "Noch läuft nichts.", Scan: "Scannen oder öffnen:",
	Code: "Code", AddedBy: "von",
	OneMore: "weiterer Song", More: "weitere Songs", NoRoom: "Es gibt keinen offenen Raum mit diesem Code.",
	Failed: "Der Server kann gerade nicht antworten. Diese Seite versucht es von selbst noch einmal.",
}

// plainTextsFor returns the texts in the language that a browser asks for first.
func plainTextsFor(acceptLanguage string) *plainTexts {
	if strings.HasPrefix(strings.ToLower(acceptLanguage), "de") {
		return &plainGerman
	}
	return &plainEnglish
}

// plainTemplate is written for browsers of any age: tables, and only the oldest CSS.
var plainTemplate = template.Must(template.New("plain").Funcs(template.FuncMap{
	"join": func(names []string) string { return strings.Join(names, ", ") },
}).Parse(`<!doctype html>
<html lang="{{.Text.Language}}">
<meta charset="utf-8">
<meta http-equiv="refresh" content="{{.Refresh}}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{with .State}}{{.Name}} – {{end}}antwon.dj</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/plain.css">
{{with .Problem}}<h1>{{.}}</h1>{{end -}}
{{with .State}}<h1>{{.Name}}</h1>
<table class="page"><tr>
<td class="music">
<h2>{{$.Text.Now}}</h2>
{{with .NowPlaying}}{{template "song" .Song}}{{with .AddedBy}}
<p class="quiet">{{$.Text.AddedBy}} <bdi>{{.DisplayName}}</bdi></p>{{end}}{{else}}<p>{{$.Text.Nothing}}</p>{{end}}
{{if $.Queue}}<h2>{{$.Text.Next}}</h2>
<ol>{{range $.Queue}}
<li>{{template "song" .Song}}{{if .LikeCount}} <span class="likes">♥ {{.LikeCount}}</span>{{end}}</li>{{end}}
</ol>{{end}}
{{if $.More}}<p class="quiet">+ {{$.More}} {{if eq $.More 1}}{{$.Text.OneMore}}{{else}}{{$.Text.More}}{{end}}</p>{{end}}
</td>
<td class="join">
<img src="{{$.QR}}" alt="" width="300" height="300">
<p class="quiet">{{$.Text.Scan}}<br>{{$.Address}}</p>
<p class="code">{{.Code}}</p>
</td>
</tr></table>{{end}}
{{define "song"}}<a href="{{.SpotifyURL}}" rel="noreferrer"><bdi>{{.Name}}</bdi></a>
<span class="quiet">Spotify · <bdi>{{join .Artists}}</bdi></span>{{end}}`))
