package dev.remap.jobs;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final String STORE = "dev.remap.jobs.store";

  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.remap.jobs");

  @Test
  void theStoreKnowsNeitherSparkNorImagesNorIndexes() {
    noClasses()
        .that()
        .resideInAPackage(STORE + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.spark..", "dev.remap.core..", "dev.remap.index..")
        .check(classes);
  }

  @Test
  void theStoreKnowsNothingElseOfTheJobs() {
    noClasses()
        .that()
        .resideInAPackage(STORE + "..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.remap.jobs..").and(resideOutsideOfPackage(STORE + "..")))
        .check(classes);
  }

  @Test
  void noPackagesNeedEachOther() {
    slices().matching("dev.remap.jobs.(**)").should().beFreeOfCycles().check(classes);
  }

  @Test
  void theStoresFilesKnowNoSegmentsAndSegmentsKnowNoLayers() {
    noClasses()
        .that()
        .resideInAPackage(STORE)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(STORE + ".segment..", STORE + ".layer..")
        .check(classes);
    noClasses()
        .that()
        .resideInAPackage(STORE + ".segment..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(STORE + ".layer..")
        .check(classes);
  }
}
