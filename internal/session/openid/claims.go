package openid

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/coreos/go-oidc/v3/oidc"

	"antwon.dj/backend/internal/account"
)

// clockSkew is how far the provider's clock may be ahead of ours.
const clockSkew = 5 * time.Minute

// claims are the claims about a user that we need (OpenID Connect Core 1.0, 5.1). Providers may omit any of them.
type claims struct {
	Authorized    string    `json:"azp"`
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

// checkToken checks what the oidc package leaves to its callers (OpenID Connect Core 1.0, 2 and 3.1.3.7). If tokens
// without a subject were accepted, all of them would identify the same user.
func (c claims) checkToken(token *oidc.IDToken, clientID string) error {
	switch {
	case strings.TrimSpace(token.Subject) == "":
		return errors.New("the identity has no subject")
	case c.Authorized != "" && c.Authorized != clientID:
		return errors.New("the identity was issued to another client (azp)")
	case c.Authorized == "" && len(token.Audience) > 1:
		return errors.New("the identity has several audiences and does not say which client it was issued to (azp)")
	case !token.IssuedAt.After(time.Unix(0, 0)):
		return errors.New("the identity does not say when it was issued (iat)")
	case time.Until(token.IssuedAt) > clockSkew:
		return fmt.Errorf("the identity was issued in the future, in %v", time.Until(token.IssuedAt).Round(time.Second))
	}
	return nil
}

// checkEmail refuses an address that contains spaces or line breaks: no such address exists, and copying it into the
// header of a message would add a header.
func (c claims) checkEmail() error {
	if strings.ContainsFunc(c.Email, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
		return errors.New("the identity's email address contains spaces or control characters")
	}
	return nil
}

// hasNoName reports whether the claims contain no name to call the user by.
func (c claims) hasNoName() bool { return c.Name == "" && c.Preferred == "" && c.Nickname == "" }

// identity returns the user's Identity. Its names are in order of preference: names that users chose for themselves
// come first. Of an email address, other users see only the part before the @.
func (c claims) identity(issuer, subject string) account.Identity {
	local, _, _ := strings.Cut(c.Email, "@")
	return account.Identity{
		Issuer: issuer, Subject: subject, Names: []string{c.Name, c.Nickname, c.Preferred, c.CognitoName, local},
		Email: c.Email, EmailVerified: bool(c.EmailVerified), PictureURL: c.Picture,
	}
}
