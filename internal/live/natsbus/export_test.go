package natsbus

var (
	Encode      = encode
	Decode      = decode
	ConnectOver = connect // with another dialer
)
