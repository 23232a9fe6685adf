"""Learning rates that fall or rise: the rate in an update, from a given rate and the update's number t."""
