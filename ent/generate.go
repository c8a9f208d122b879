// Package ent is generated from the table descriptions in ent/schema. Only internal/jukebox uses it.
package ent

//go:generate go tool ent generate --feature sql/versioned-migration,sql/execquery ./schema
