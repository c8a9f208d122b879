package realtime

// Times are figures of the program, divided by those of the bare server.
type Times struct {
	Deliveries float64 // per second
	CPU        float64 // of a delivery, with its part of the likes
	Memory     float64 // of an idle subscriber
}

// Documents that subscribers of a Comparison subscribe to.
const (
	Changes    = "roomQueueChanges"
	WholeQueue = "roomQueue"
)
