package main

import (
	"bytes"
	"net/url"
	"strings"
	"testing"
)

func TestPasswordsInURLsAreNotShown(t *testing.T) {
	for value, want := range map[string]string{
		"https://party.example.org":                         "https://party.example.org",
		"http://[::1]:8080/path?tls=true":                   "http://[::1]:8080/path?tls=true",
		"127.0.0.1:8080":                                    "127.0.0.1:8080",
		"sqlite:data/antwon.db":                             "sqlite:data/antwon.db",
		"arn:aws:secretsmanager:eu:1:secret:name":           "arn:aws:secretsmanager:eu:1:secret:name",
		"mysql://antwon:hidden@db:3306/antwon?tls=true":     "mysql://antwon:xxxxx@db:3306/antwon?tls=true",
		"mysql://antwon:xxxxx@db:3306/antwon":               "mysql://antwon:xxxxx@db:3306/antwon",
		"https://u:hid/den#@hidden:x@host/":                 "https://u:xxxxx@host/",
		"https://u:hid den@host/":                           "https://u:xxxxx@host/",
		"https://hidden@host/":                              "https://xxxxx@host/",
		"//u:hidden@host":                                   "//u:xxxxx@host",
		"u:hidden@tcp(db:3306)/antwon":                      "u:xxxxx@tcp(db:3306)/antwon",
		"https://u:hidden@a,https://v:hidden@b":             "https://u:xxxxx@b",
		"https://host/?password=hidden&a=b":                 "https://host/?password=xxxxx&a=b",
		"https://host/?a=b;DB_PASSWORD=hidden#x":            "https://host/?a=b;DB_PASSWORD=xxxxx#x",
		"https://host/?pass%77ord=hidden":                   "https://host/?pass%77ord=xxxxx",
		"https://host/?p%zzword=hidden":                     "https://host/?p%zzword=xxxxx",
		"https://host/#access_token=hidden&x=y":             "https://host/#access_token=xxxxx&x=y",
		"https://host/?client_secret=hid=den&apiKey=hidden": "https://host/?client_secret=xxxxx&apiKey=xxxxx",
		"https://host/?sig=hidden&X-Amz-Credential=hidden":  "https://host/?sig=xxxxx&X-Amz-Credential=xxxxx",
	} {
		if got := withoutSecrets(value); got != want {
			t.Errorf("%s is shown as %s, want %s", value, got, want)
		}
	}
}

// Neither antwon config nor an error about the configuration shows the password of a URL, whichever variable has it.
func TestConfigShowsNoPasswordOfAnyVariable(t *testing.T) {
	read, _ := variables(t)
	for _, name := range append(read, "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_TRACES_EXPORTER", "OTEL_SERVICE_NAME") {
		if strings.HasSuffix(name, "_FILE") {
			continue // the path of a file is shown
		}
		for _, value := range []string{
			"https://user:hidden@host.example/", "https://hidden@host.example", "nats://user:hidden@host.example:4222",
			"mysql://user:hidden@host.example/antwon", "https://host.example/?token=hidden", "https://u:hid hidden@host x",
			"user:hidden@tcp(host)/antwon", "https://u:hid,hidden@host",
		} {
			if shown := shownConfig(t, name+"="+value); strings.Contains(shown, "hidden") {
				t.Errorf("%s=%s is shown:\n%s", name, value, shown)
			}
		}
	}
}

// shownConfig returns everything that is printed about a configuration: its values, or the errors.
func shownConfig(t *testing.T, variable string) string {
	t.Helper()
	cfg, err := parseConfig("config", []string{variable}, nil)
	if err != nil {
		return err.Error()
	}
	var out bytes.Buffer
	if err := printConfig(t.Context(), cfg, &out, nil); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func FuzzPasswordsInURLsAreNotShown(f *testing.F) {
	f.Add("https", "user", "p@ss:w/ord", "host", "token", "k=e&y")
	f.Add("mysql", "", "#?@", "[::1]:3306", "a_Secret", "%zz")
	f.Fuzz(func(t *testing.T, scheme, user, password, host, name, value string) {
		const marker = "THE-SECRET"
		parameters := url.Values{name: {marker}, "password" + name: {marker + value}}
		u := url.URL{
			Scheme: scheme, User: url.UserPassword(user, marker+password), Host: host, Path: "/" + host,
			RawQuery: url.Values{"api_token": parameters["password"+name]}.Encode(),
		}
		for _, text := range []string{u.String(), scheme + "://" + user + ":" + marker + password + "@h"} {
			if strings.ContainsAny(user+scheme, "@?#&;=") { // no URL has these before the password
				continue
			}
			if shown := withoutSecrets(text); strings.Contains(shown, marker) {
				t.Errorf("%s is shown as %s", text, shown)
			}
		}
	})
}
