package openid

import (
	"encoding/json"
	"strings"

	"antwon.dj/backend/internal/account"
)

// claims are what we want to know of somebody (OpenID Connect Core 1.0, 5.1). Providers leave out what they like.
type claims struct {
	Name          string  `json:"name"`
	Preferred     string  `json:"preferred_username"`
	Nickname      string  `json:"nickname"`
	CognitoName   string  `json:"cognito:username"`
	Email         string  `json:"email"`
	EmailVerified boolean `json:"email_verified"`
	Picture       string  `json:"picture"`
}

// boolean also takes true and false in quotes, as Cognito's userinfo endpoint has them.
type boolean bool

// UnmarshalJSON implements json.Unmarshaler.
func (b *boolean) UnmarshalJSON(text []byte) error {
	var value bool
	err := json.Unmarshal([]byte(strings.Trim(string(text), `"`)), &value)
	*b = boolean(value)
	return err
}

// isBare says that a token tells nothing to call somebody by.
func (c claims) isBare() bool { return c.Name == "" && c.Preferred == "" && c.Nickname == "" }

// identity prefers the names that people gave themselves. Of an address only what stands before the @ is shown to others.
func (c claims) identity(issuer, subject string) account.Identity {
	local, _, _ := strings.Cut(c.Email, "@")
	return account.Identity{
		Issuer: issuer, Subject: subject, Names: []string{c.Name, c.Nickname, c.Preferred, c.CognitoName, local},
		Email: c.Email, EmailVerified: bool(c.EmailVerified), PictureURL: c.Picture,
	}
}
