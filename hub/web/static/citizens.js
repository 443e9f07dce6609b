// The phone's position, only when its owner asks for it; without this script the page works too.
"use strict";
const place = document.querySelector("#locate");
if (place && navigator.geolocation && window.isSecureContext) {
  place.hidden = false;
  const said = place.querySelector("span");
  place.querySelector("button").addEventListener("click", () => {
    said.textContent = "Đang tìm vị trí…";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        document.querySelector("input[name=lat]").value = coords.latitude.toFixed(5);
        document.querySelector("input[name=lon]").value = coords.longitude.toFixed(5);
        said.textContent = "Đã kèm vị trí.";
      },
      () => { said.textContent = "Không lấy được vị trí. Ghi rõ chỗ bằng lời."; },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
}
