package natsbus

var (
	Encode = encode
	Decode = decode
)
