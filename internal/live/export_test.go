package live

// AffectedBy computes the users affected by a span of changes from hints alone, without a feed.
var AffectedBy = affectedBy
