//go:build !unix

package likes

import "time"

// processorTime is measured on Unix only.
func processorTime() time.Duration { return 0 }
