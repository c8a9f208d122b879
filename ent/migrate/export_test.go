package migrate

// ApplyTo makes a database as an older version of the program left it.
var ApplyTo = applyTo
