package party

import (
	"strings"

	"github.com/google/uuid"
)

// withoutPhoneVersion is the UUID version of the ids of guests without a phone. Those of all others are of another one.
const withoutPhoneVersion = 5

// IDWithoutPhone returns the id of the guest without a phone who has this name in a room, so that the same name is the
// same guest on every server. Nobody can have a session of such a user.
func IDWithoutPhone(roomID, name string) string {
	return uuid.NewSHA1(uuid.MustParse(roomID), []byte(strings.ToLower(name))).String()
}

// IsWithoutPhone reports whether a user's id is that of a guest without a phone.
func IsWithoutPhone(userID string) bool {
	id, err := uuid.Parse(userID)
	return err == nil && id.Version() == withoutPhoneVersion
}
