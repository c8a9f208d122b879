package openid

import (
	"encoding/json"
	"strings"

	"antwon.dj/backend/internal/account"
)

// claims are the claims about a user that we need (OpenID Connect Core 1.0, 5.1). Providers may omit any of them.
type claims struct {
	Name          string    `json:"name"`
	Preferred     string    `json:"preferred_username"`
	Nickname      string    `json:"nickname"`
	CognitoName   string    `json:"cognito:username"`
	Email         string    `json:"email"`
	EmailVerified looseBool `json:"email_verified"`
	Picture       string    `json:"picture"`
}

// looseBool is a boolean that may be quoted in JSON, as in the responses of Cognito's userinfo endpoint.
type looseBool bool

// UnmarshalJSON implements json.Unmarshaler.
func (b *looseBool) UnmarshalJSON(text []byte) error {
	var value bool
	err := json.Unmarshal([]byte(strings.Trim(string(text), `"`)), &value)
	*b = looseBool(value)
	return err
}

// hasNoName reports whether the claims contain no name to call the user by.
func (c claims) hasNoName() bool { return c.Name == "" && c.Preferred == "" && c.Nickname == "" }

// identity lists the user's names in order of preference: names that users chose for themselves come first. Of an email
// address, other users see only the part before the @.
func (c claims) identity(issuer, subject string) account.Identity {
	local, _, _ := strings.Cut(c.Email, "@")
	return account.Identity{
		Issuer: issuer, Subject: subject, Names: []string{c.Name, c.Nickname, c.Preferred, c.CognitoName, local},
		Email: c.Email, EmailVerified: bool(c.EmailVerified), PictureURL: c.Picture,
	}
}
