package testpush

import (
	"crypto/ecdh"
	"encoding/base64"
	"strings"
	"testing"
)

// The tests' browser decrypts the example of RFC 8291, appendix A, as real browsers do.
func TestExampleOfTheStandardIsDecrypted(t *testing.T) {
	decode := func(parts ...string) []byte {
		t.Helper()
		text, err := base64.RawURLEncoding.DecodeString(strings.Join(parts, ""))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	private, err := ecdh.P256().NewPrivateKey(decode("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"))
	if err != nil {
		t.Fatal(err)
	}
	b := &Browser{private: private, auth: decode("BTBZMqHH6r4Tts7J_aSIgg")}
	body := decode("DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml",
		"mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT",
		"pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN")
	text, err := b.decrypt(body)
	if want := "When I grow up, I want to be a watermelon"; err != nil || text != want {
		t.Errorf("got %q, %v, want %q", text, err, want)
	}
}
