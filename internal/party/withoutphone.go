package party

import (
	"strings"

	"github.com/google/uuid"
)

// withoutPhoneVersion is the UUID version of the ids of guests without a phone. All other users have ids of another
// version.
const withoutPhoneVersion = 5

// IDWithoutPhone returns the id of the guest without a phone who has this name in a room, so that the same name is the
// same guest on every server. Such a guest never has a session.
func IDWithoutPhone(roomID, name string) string {
	return uuid.NewSHA1(uuid.MustParse(roomID), []byte(strings.ToLower(name))).String()
}

// IsWithoutPhone reports whether a user's id is that of a guest without a phone.
func IsWithoutPhone(userID string) bool {
	id, err := uuid.Parse(userID)
	return err == nil && id.Version() == withoutPhoneVersion
}
