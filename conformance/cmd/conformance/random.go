package main

import (
	"context"
	"errors"
)

func runRandom(context.Context, *options) (int, error) {
	return exitTrouble, errors.New("not yet")
}
