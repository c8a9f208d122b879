package live

// Concerned is the coverage by hints alone.
var Concerned = affectedBy
