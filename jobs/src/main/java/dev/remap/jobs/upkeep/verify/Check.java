package dev.remap.jobs.upkeep.verify;

import dev.remap.jobs.store.Store;
import java.io.Serializable;
import java.util.ArrayList;

/** A part of a store that one task reads through. */
sealed interface Check extends Serializable permits UnitCheck, ArtifactCheck {
  /** What is wrong with it; throws what says nothing about the files, such as an outage. */
  ArrayList<Finding> run(Store store);
}
