package preview

import (
	"bytes"
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// save is the directory in which the pictures are stored for inspection.
var save = flag.String("save", "", "the directory in which to store the pictures that are drawn")

func drawn(t *testing.T, name, code string) *image.RGBA {
	t.Helper()
	encoded, err := NewPainter().Draw(name, code)
	if err != nil {
		t.Fatal(err)
	}
	if *save != "" {
		if err := os.WriteFile(filepath.Join(*save, code+".png"), encoded, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if len(encoded) > 100_000 {
		t.Errorf("the picture of %q has %d bytes", name, len(encoded))
	}
	decoded, err := png.Decode(bytes.NewReader(encoded))
	if err != nil {
		t.Fatal(err)
	}
	if decoded.Bounds() != image.Rect(0, 0, 1200, 630) {
		t.Fatalf("the picture has the size %v", decoded.Bounds())
	}
	picture, ok := decoded.(*image.RGBA)
	if !ok {
		t.Fatalf("the picture is a %T", decoded)
	}
	return picture
}

// inked returns how many pixels within an area do not have the color of the background.
func inked(picture *image.RGBA, area image.Rectangle) (n int) {
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			if picture.RGBAAt(x, y) != ground {
				n++
			}
		}
	}
	return n
}

var (
	nameArea  = image.Rect(0, 180, width, 475)
	codeArea  = image.Rect(0, 475, width, 600)
	edgeAreas = []image.Rectangle{
		image.Rect(0, 0, width, 60), image.Rect(0, 600, width, height),
		image.Rect(0, 0, margin-10, height), image.Rect(width-margin+10, 0, width, height),
	}
)

func TestPictureHasNameAndCode(t *testing.T) {
	for code, name := range map[string]string{
		"SHORT": "Anna", "TWO": "Annas Geburtstag im Garten", "GREEK": "Γιορτή", "CYRILLIC": "Вечеринка у Жени",
		"POLISH": "Zażółć gęślą jaźń", "WIDE-AS-CAN-BE-12345": strings.Repeat("W", 40),
		"DECOMPOSED": "Zoe\u0308s Party", "MARKS": `"Q&A" – 50% <off>!`,
	} {
		picture := drawn(t, name, code)
		if inked(picture, nameArea) < 1_000 {
			t.Errorf("the picture of %q has no name", name)
		}
		if inked(picture, codeArea) < 1_000 {
			t.Errorf("the picture of %q has no code", name)
		}
		for _, edge := range edgeAreas {
			if n := inked(picture, edge); n > 0 {
				t.Errorf("the picture of %q has %d pixels at the edge %v", name, n, edge)
			}
		}
	}
}

func TestNameThatTheFontLacksIsLeftOut(t *testing.T) {
	nameless := drawn(t, "", "CODE")
	if inked(nameless, nameArea) < 1_000 || inked(nameless, codeArea) > 0 {
		t.Error("a code without a name does not stand in its place")
	}
	for _, name := range []string{"حفلة", "מסיבה", "派对", "Party 🎉", "Anna\u202e", "Anna\xff", "Anna\x00", "Anna\n"} {
		if !slices.Equal(drawn(t, name, "CODE").Pix, nameless.Pix) {
			t.Errorf("the picture of %q has more than its code", name)
		}
	}
}

func TestTextsAreBrokenBetweenWordsIfPossible(t *testing.T) {
	for text, want := range map[string][]string{
		"":                  nil,
		"ab cd":             {"ab cd"},
		"abc def ghi":       {"abc", "def", "ghi"},
		"  ab   cd  ":       {"ab cd"},
		"abcdefghijkl":      {"abcde", "fghij", "kl"},
		"a bcdefgh i":       {"a", "bcdef", "gh i"},
		"äöüßé ab":          {"äöüßé", "ab"},
		"one-letter-at-one": {"one-l", "etter", "-at-o", "ne"},
	} {
		if got := wrap(text, func(s string) bool { return len([]rune(s)) <= 5 }); !slices.Equal(got, want) {
			t.Errorf("%q is broken into %q, want %q", text, got, want)
		}
	}
	if got := wrap("abc", func(string) bool { return false }); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("where nothing fits, the lines are %q", got)
	}
}

func FuzzDraw(f *testing.F) {
	f.Add("Anna's party", "PARTY")
	f.Add(strings.Repeat("\u0301W", 100), "A-")
	painter := NewPainter()
	f.Fuzz(func(t *testing.T, name, code string) {
		if len(name) > 400 || len(code) > 40 {
			t.Skip()
		}
		if _, err := painter.Draw(name, code); err != nil {
			t.Error(err)
		}
	})
}
