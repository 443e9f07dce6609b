"""Images, compose file and cluster manifests: linted, and consistent with each other and with us.

None of them was ever run: there is no container runtime where these tests run.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from hub.config import load
from ioc import cli

DEPLOY = Path(__file__).parents[2] / "deploy"
BIN = Path(sys.executable).parent
COMPOSE = DEPLOY / "docker" / "compose.yaml"
CLUSTER = DEPLOY / "kubernetes"
KUBERNETES = ("1.29", "1.31", "1.34")


def linted(*command: str | Path) -> str:
    """What a linter of the development tools said; fails with it."""
    done = subprocess.run(
        [BIN / command[0], *command[1:]], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load(COMPOSE.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def cluster() -> list[dict[str, Any]]:
    files = kustomization()["resources"]
    return [
        dict(each)
        for name in files
        for each in yaml.safe_load_all((CLUSTER / name).read_text(encoding="utf-8"))
    ]


def kustomization() -> dict[str, Any]:
    return dict(yaml.safe_load((CLUSTER / "kustomization.yaml").read_text(encoding="utf-8")))


def of_kind(cluster: list[dict[str, Any]], *kinds: str) -> list[dict[str, Any]]:
    return [each for each in cluster if each["kind"] in kinds]


def pods(cluster: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for each in of_kind(cluster, "StatefulSet", "Deployment"):
        yield each["metadata"]["name"], each["spec"]["template"]["spec"]
    for each in of_kind(cluster, "CronJob"):
        yield each["metadata"]["name"], each["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def our_command(words: list[str]) -> str:
    return str(cli.parser().parse_args([str(each) for each in words]).module)


def test_the_recipe_of_the_images_is_clean() -> None:
    linted("hadolint", DEPLOY / "docker" / "Dockerfile")


def test_an_image_runs_as_nobody_in_particular() -> None:
    lines = (DEPLOY / "docker" / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001:10001"]
    for role in ("hub", "agent"):
        assert (DEPLOY / "locks" / f"{role}.lock").exists()


def test_the_compose_file_is_one() -> None:
    linted("check-jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE)


def test_every_server_is_bounded_hardened_and_watched(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["user"] == "10001:10001", name
        assert service["logging"]["options"]["max-size"], name
        assert "privileged" not in service
        if "profiles" not in service:
            assert service["mem_limit"], name
            assert service["healthcheck"]["test"], name
        assert not re.search(r":(latest)?$", service["image"]), name


def test_every_secret_is_a_file_and_every_name_is_there(compose: dict[str, Any]) -> None:
    assert all(set(each) == {"file"} for each in compose["secrets"].values())
    for name, service in compose["services"].items():
        assert set(service.get("secrets", [])) <= set(compose["secrets"]), name
        assert set(service.get("depends_on", {})) <= set(compose["services"]), name
        assert set(service["networks"]) <= set(compose["networks"]), name
        for key, value in service.get("environment", {}).items():
            assert "PASSWORD" not in key or key.upper().endswith("FILE"), f"{name}: {key} = {value}"


def test_the_databases_are_reached_from_inside_only(compose: dict[str, Any]) -> None:
    assert compose["networks"]["inner"]["internal"]
    for name in ("postgres", "influxdb"):
        assert compose["services"][name]["networks"] == ["inner"]
        assert "ports" not in compose["services"][name]


def test_our_containers_start_commands_that_exist(compose: dict[str, Any]) -> None:
    ours = {
        name: our_command(each["command"])
        for name, each in compose["services"].items()
        if each["image"].startswith("dong-giang-ioc/")
    }
    assert ours == {
        "hub": "hub_run", "enrol": "enrol_serve", "backup": "hub_backup", "authority": "ca_show",
    }  # fmt: skip
    _, program, *words = compose["services"]["hub"]["healthcheck"]["test"]
    assert (program, our_command(words)) == ("ioc", "hub_health")


@pytest.mark.parametrize("version", KUBERNETES)
def test_the_manifests_are_what_the_cluster_reads(
    cluster: list[dict[str, Any]], version: str
) -> None:
    for each in cluster:
        kubernetes_validate.validate(each, version, strict=True)


def test_a_manifest_that_is_none_would_be_found(cluster: list[dict[str, Any]]) -> None:
    [hub] = [one for one in of_kind(cluster, "StatefulSet") if one["metadata"]["name"] == "hub"]
    wrong = hub | {"spec": hub["spec"] | {"replicaz": 2}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, KUBERNETES[0], strict=True)


def test_every_manifest_is_in_the_kustomization() -> None:
    files = {each.name for each in CLUSTER.glob("*.yaml")} - {"kustomization.yaml"}
    assert set(kustomization()["resources"]) == files


def test_every_pod_is_restricted_and_bounded(cluster: list[dict[str, Any]]) -> None:
    for name, pod in pods(cluster):
        assert pod["securityContext"]["runAsNonRoot"], name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not pod["automountServiceAccountToken"], name
        for container in pod["containers"]:
            allowed = container["securityContext"]
            assert not allowed["allowPrivilegeEscalation"], name
            assert allowed["readOnlyRootFilesystem"], name
            assert allowed["capabilities"] == {"drop": ["ALL"]}, name
            assert container["resources"]["limits"]["memory"], name
            assert pod["restartPolicy"] if name == "backup" else container["readinessProbe"], name


def test_what_a_pod_mounts_is_there(cluster: list[dict[str, Any]]) -> None:
    said = (CLUSTER / "kustomization.yaml").read_text(encoding="utf-8")
    maps = {each["name"] for each in kustomization()["configMapGenerator"]}
    claims = {each["metadata"]["name"] for each in of_kind(cluster, "PersistentVolumeClaim")}
    templates = {
        each["metadata"]["name"]: {
            one["metadata"]["name"] for one in each["spec"]["volumeClaimTemplates"]
        }
        for each in of_kind(cluster, "StatefulSet")
    }
    for name, pod in pods(cluster):
        volumes = {each["name"]: each for each in pod["volumes"]}
        for container in pod["containers"]:
            mounted = {each["name"] for each in container["volumeMounts"]}
            assert mounted <= set(volumes) | templates.get(name, set()), name
        for volume in volumes.values():
            if "configMap" in volume:
                assert volume["configMap"]["name"] in maps
            if "secret" in volume:
                assert re.search(rf"^#   {volume['secret']['secretName']} ", said, re.MULTILINE)
            if "persistentVolumeClaim" in volume:
                assert volume["persistentVolumeClaim"]["claimName"] in claims


def test_every_service_leads_to_a_port_of_a_pod(cluster: list[dict[str, Any]]) -> None:
    there = {
        name: {port["name"] for one in pod["containers"] for port in one.get("ports", [])}
        for name, pod in pods(cluster)
    }
    for service in of_kind(cluster, "Service"):
        name = service["spec"]["selector"]["app.kubernetes.io/name"]
        assert {each["targetPort"] for each in service["spec"]["ports"]} <= there[name]


def test_a_hub_is_killed_only_for_what_a_restart_mends(cluster: list[dict[str, Any]]) -> None:
    [container] = dict(pods(cluster))["hub"]["containers"]
    assert container["livenessProbe"]["httpGet"]["path"] == "/livez"
    assert our_command(container["args"]) == "hub_run"


def test_the_cluster_s_hub_has_settings_that_are_accepted() -> None:
    config = load(CLUSTER / "hub.toml")
    assert config.records.url
    assert config.console.tls_cert_file


def test_both_ways_run_the_same_servers(
    compose: dict[str, Any], cluster: list[dict[str, Any]]
) -> None:
    composed = {each["image"] for each in compose["services"].values()}
    clustered = {one["image"] for _, pod in pods(cluster) for one in pod["containers"]}
    assert composed == clustered
